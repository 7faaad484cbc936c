"""A chat model of one's own: pairs of prompt and cited answer from a store, a LoRA adapter, its exports.

    pairs      one pair, and files of them          questions  what is asked, and of which headwords
    answering  who answers, and the check of it     writing    the run that makes the pairs, gone on with
    loading    base and tokenizer                   training   trl and peft, gone on with
    ollama     what Ollama takes of it              exporting  adapter or merged model, and the proof
    gguf       the merged model as a GGUF file

The prompts are those that the answerer sends (`slangrag.answer.ask`), made by the same functions.
"""
