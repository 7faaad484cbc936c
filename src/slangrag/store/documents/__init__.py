"""The documents of a store: titles, whole texts, pages, and which passages they were cut into.

They live in a directory of their own inside the store (`StoreLayout.documents`), which is a store like the
one around it: its entries are passages, with full text, vectors, codes and a Chroma collection. So lock,
ledger, kills, verify, rebuild and copies are the dictionary's own, and no look-up of a headword meets a
passage.
"""
