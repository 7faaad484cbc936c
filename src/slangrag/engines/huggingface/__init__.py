"""Hugging Face models in this process, by transformers: causal ones and text-to-text ones.

folder      what a model's folder says of itself, before anything is loaded
hub         names on a hub: its cache, and fetching
options     what `--option` may say
loading     transformers and torch, quietly
prompting   messages to token ids
generating  tokens as they come, cancelled within one
chat        HuggingFaceChat

Not through LangChain's HuggingFacePipeline: with transformers 5 it cannot run text-to-text models (their
pipeline was removed), it goes on generating when its reader leaves, and an error in it leaves the reader
waiting for 60 seconds. A model set up by LangChain answers in Python all the same (`Slang.asking`).
"""
