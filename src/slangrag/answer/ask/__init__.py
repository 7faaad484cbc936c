"""A question's answer: prompt, writing, citations, quotation."""
