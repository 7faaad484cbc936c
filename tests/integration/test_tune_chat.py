"""`tune chat` from the sample to an exported model: a Llama of random weights stands for the base."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.standin import StandIn, chat_model
from tests.tiny_chat import NO_SYSTEM, TEMPLATE, make_tiny_chat

from slangrag import Slang
from slangrag.answer.ask.prompts import NOT_THERE
from slangrag.config import Settings, load_settings
from slangrag.errors import InputFormat, ModelUnfit, StoppedEarly, UsageError
from slangrag.ingest.stop import StopFlag
from slangrag.service import chat_tuning
from slangrag.service.chat_tuning import ExportPlan, PairsPlan, PairsReport, TrainPlan, TrainReport
from slangrag.tuning.chat.pairs import DECLINES, Pair, read_pairs
from slangrag.tuning.examples import held_out

pytestmark = pytest.mark.weights


def settings_of(store: Path, **given: Any) -> Settings:
    return load_settings({"store": store, "threads": 1, **given})


def pairs_from(
    store: Path, plan: PairsPlan, *, settings: Settings | None = None, stop_at: int | None = None
) -> PairsReport:
    """Made without a model, or with the one that `settings` name; a wish to stop comes at `stop_at` pairs."""
    stop = StopFlag()

    def told(done: int, wanted: int, rate: float) -> None:
        if done == stop_at:
            stop.set(signal.SIGTERM)

    return chat_tuning.make_pairs(
        settings or settings_of(store),
        plan,
        ask_model=settings is not None,
        fetching=None,
        told=told,
        stop=stop,
    )


def read(folder: Path, name: str = "pairs.jsonl") -> list[Pair]:
    return read_pairs(folder / "chat" / name, hint="")


@pytest.fixture(scope="module")
def folder(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with pairs quoted from the sample. Not to be written to: see `own_folder`."""
    folder = tmp_path_factory.mktemp("tune")
    pairs_from(sample_store, PairsPlan(folder, count=60))
    return folder


def copy_some(folder: Path, to: Path, name: str) -> None:
    """The shortest of the pairs: they train fastest."""
    lines = sorted((folder / "chat" / name).read_text().splitlines(keepends=True), key=len)
    (to / "chat" / name).write_text("".join(lines[:8]))


@pytest.fixture
def own_folder(folder: Path, tmp_path: Path) -> Path:
    """A folder with the same pairs, for one training."""
    (tmp_path / "chat").mkdir()
    for name in ("pairs.jsonl", "held-out.jsonl"):
        copy_some(folder, tmp_path, name)
    return tmp_path


@pytest.fixture(scope="module")
def base(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = [text for pair in read(folder) for text in (pair.prompt[-1].content, pair.completion)]
    return make_tiny_chat(tmp_path_factory.mktemp("base"), texts)


def test_no_training_sees_a_word_that_is_held_out(folder: Path) -> None:
    seen, kept_back = read(folder), read(folder, "held-out.jsonl")
    assert len(seen) == 60
    assert kept_back
    assert not any(held_out(pair.headword, 0.1) for pair in seen)
    assert all(held_out(pair.headword, 0.1) for pair in kept_back)


def test_declines_are_a_share_of_the_pairs_and_say_what_the_program_listens_for(folder: Path) -> None:
    declines = [pair for pair in read(folder) if pair.kind in DECLINES]
    assert len(declines) == 9
    assert {pair.completion for pair in declines} == {NOT_THERE}
    assert all(pair.entry_ids for pair in declines), "a model is only asked where something was found"


def test_questions_come_in_several_wordings_and_answers_cite_what_is_there(folder: Path) -> None:
    meaning = [pair for pair in read(folder) if pair.kind == "meaning"]
    assert len({pair.query.replace(pair.headword, "") for pair in meaning}) > 5
    for pair in meaning:
        assert pair.completion.endswith("].")
        assert f"[{len(pair.entry_ids)}]" in pair.prompt[-1].content


def test_a_stopped_run_goes_on_and_ends_like_an_undisturbed_one(
    sample_store: Path, folder: Path, tmp_path: Path
) -> None:
    plan = PairsPlan(tmp_path, count=60)
    with pytest.raises(StoppedEarly, match="25 pairs are done and kept"):
        pairs_from(sample_store, plan, stop_at=25)
    assert len(read(tmp_path)) == 25
    report = pairs_from(sample_store, plan)
    assert report.kept == 60
    assert report.asked == report.kept + report.held_out + sum(report.refused.values())
    for name in ("pairs.jsonl", "held-out.jsonl"):
        assert (tmp_path / "chat" / name).read_bytes() == (folder / "chat" / name).read_bytes()


def test_a_model_writes_and_only_what_its_definitions_support_is_kept(
    sample_store: Path, tmp_path: Path
) -> None:
    said: list[str] = []

    def script(messages: Sequence[dict[str, str]], options: dict[str, Any]) -> list[str]:
        first = next(line for line in messages[-1]["content"].splitlines() if line.startswith("[1] "))
        _, _, definition = first.removeprefix("[1] ").partition(": ")
        invented = len(said) % 2 == 1
        said.append(
            "It was coined in 1998 by a poet [1]." if invented else definition.split(".")[0] + " [1]."
        )
        return [said[-1]]

    with StandIn([chat_model("llama3.1", chat=script)]) as server:
        settings = settings_of(
            sample_store, engine="ollama", chat_model="llama3.1", ollama_host=server.url, check="words"
        )
        report = pairs_from(sample_store, PairsPlan(tmp_path, count=12, refusals=0), settings=settings)
        pairs = read(tmp_path)
        with Slang(settings) as slang:
            slang.answer(pairs[0].query)
        last = server.calls("/api/chat")[-1].body
    assert report.kept == 12
    assert report.writer == "llama3.1"
    assert report.refused["a sentence was withheld"] > 3
    assert report.answer_tokens > 0
    assert not any("1998" in pair.completion for pair in pairs)
    sent = [{"role": one.role, "content": one.content} for one in pairs[0].prompt]
    assert last["messages"] == sent, "training and use must show the model the same"


def test_a_model_that_is_too_small_to_explain_writes_nothing(sample_store: Path, tmp_path: Path) -> None:
    settings = settings_of(sample_store, engine="embedded")
    with pytest.raises(ModelUnfit, match="too small"):
        pairs_from(sample_store, PairsPlan(tmp_path), settings=settings)


def test_answers_of_ones_own_are_held_to_the_same_check(sample_store: Path, tmp_path: Path) -> None:
    given = tmp_path / "mine.jsonl"
    rows = [
        {"query": "what does salty mean", "answer": "Salty is being annoyed or upset about a loss."},
        {"query": "what does yeet mean", "answer": "It was coined in 1998 by a poet."},
        {"query": "what does qzxyv mean", "answer": "A lamp."},
    ]
    given.write_text("".join(json.dumps(row) + "\n" for row in rows))
    report = pairs_from(sample_store, PairsPlan(tmp_path, given=given, held_out=0))
    assert report.asked == 3
    assert report.refused["nothing is found"] == 1
    assert all(pair.source == "mine.jsonl" for pair in read(tmp_path))
    assert "1998" not in (tmp_path / "chat" / "pairs.jsonl").read_text()
    given.write_text('{"query": "what does yeet mean"}\n')
    with pytest.raises(InputFormat, match="line 1 lacks query or answer"):
        pairs_from(sample_store, PairsPlan(tmp_path, given=given, fresh=True))


def trained(plan: TrainPlan, *, stop_at: int | None = None, signum: int = signal.SIGUSR1) -> TrainReport:
    stop = StopFlag()

    def told(stage: str, done: int, wanted: int, rate: float) -> None:
        if stage == "train" and done == stop_at:
            stop.set(signum)

    return chat_tuning.train(plan, told=told, stop=stop)


def plan_of(folder: Path, base: Path, **given: Any) -> TrainPlan:
    few = TrainPlan(
        folder, str(base), rank=8, learning_rate=0.03, batch=2, accumulate=1, dropout=0.0, max_length=4096,
        threads=1,
    )  # fmt: skip
    return replace(few, **given)


@pytest.fixture(scope="module")
def tuned(folder: Path, base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TrainReport]:
    """A folder with a trained adapter, and the report of its training. Exports may be written to it."""
    own = tmp_path_factory.mktemp("tuned")
    (own / "chat").mkdir()
    for name in ("pairs.jsonl", "held-out.jsonl"):
        copy_some(folder, own, name)
    return own, trained(plan_of(own, base, steps=8))


def test_the_loss_on_the_training_pairs_falls(tuned: tuple[Path, TrainReport]) -> None:
    folder, report = tuned
    losses = [loss for _, loss in report.losses]
    assert [step for step, _ in report.losses] == list(range(1, 9))
    assert sum(losses[-3:]) < 0.8 * sum(losses[:3])
    assert report.before is not None
    assert report.after is not None
    assert report.trained < report.parameters
    told = json.loads((folder / "chat" / "adapter" / "training.json").read_text())
    assert told["report"]["losses"] == [list(one) for one in report.losses]
    assert set(told["headwords"]) == {pair.headword for pair in read(folder)}
    assert not (folder / "chat" / "checkpoints").exists()


def test_the_same_training_is_not_done_twice(tuned: tuple[Path, TrainReport], base: Path) -> None:
    folder, report = tuned
    again = trained(plan_of(folder, base, steps=8))
    assert again.nothing_to_do
    assert replace(again, nothing_to_do=False) == report


def test_a_stopped_training_goes_on_and_ends_like_an_undisturbed_one(
    own_folder: Path, base: Path, tuned: tuple[Path, TrainReport]
) -> None:
    plan = plan_of(own_folder, base, steps=8)
    with pytest.raises(StoppedEarly, match="3 of 8 steps are done and kept"):
        trained(plan, stop_at=3)
    with pytest.raises(UsageError, match="another rank"):
        trained(replace(plan, rank=4))
    report = trained(plan)
    for (step, loss), (wanted_step, wanted) in zip(report.losses, tuned[1].losses, strict=True):
        assert step == wanted_step
        assert loss == pytest.approx(wanted, abs=1e-4)
    assert report.after == pytest.approx(tuned[1].after, abs=1e-4)
    assert report.before == tuned[1].before


def test_pairs_that_do_not_fit_are_left_out_and_counted(own_folder: Path, base: Path) -> None:
    """trl would cut them at the end, and the end is the answer."""
    with pytest.raises(UsageError, match="none of 8 pairs fits into 64 tokens"):
        trained(plan_of(own_folder, base, max_length=64))


def test_four_bits_without_bitsandbytes_say_what_lacks(own_folder: Path, base: Path) -> None:
    from slangrag.errors import EngineMissing

    with pytest.raises(EngineMissing) as refused:
        trained(plan_of(own_folder, base, four_bit=True))
    assert refused.value.hint == "pip install bitsandbytes"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (
            lambda config: config.update(model_type="x", auto_map={"AutoConfig": "evil.Model"}),
            "code of its own",
        ),
        (lambda config: config.update(model_type="no-such-model"), "cannot be loaded"),
    ],
)
def test_a_base_that_cannot_be_used_is_named_and_its_code_never_run(
    own_folder: Path, base: Path, tmp_path: Path, spoil: Callable[[dict[str, Any]], None], says: str
) -> None:
    import shutil

    bad = Path(shutil.copytree(base, tmp_path / "bad"))
    config = json.loads((bad / "config.json").read_text())
    spoil(config)
    (bad / "config.json").write_text(json.dumps(config))
    (bad / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Model: pass\n")
    from slangrag.errors import EngineError

    with pytest.raises(EngineError, match=says):
        trained(plan_of(own_folder, bad))
    assert not (tmp_path / "ran").exists()


def test_a_base_without_a_chat_template_is_refused(own_folder: Path, base: Path, tmp_path: Path) -> None:
    import shutil

    bare = Path(shutil.copytree(base, tmp_path / "bare"))
    (bare / "chat_template.jinja").unlink()
    with pytest.raises(ModelUnfit, match="no chat template"):
        trained(plan_of(own_folder, bare))


def test_a_template_that_takes_no_system_message_is_trained_without_one(
    own_folder: Path, base: Path, tmp_path: Path
) -> None:
    import shutil

    gemma = Path(shutil.copytree(base, tmp_path / "gemma"))
    (gemma / "chat_template.jinja").write_text(NO_SYSTEM + TEMPLATE)
    report = trained(plan_of(own_folder, gemma, steps=1))
    assert any("takes no system message" in note for note in report.notes)


def exported(folder: Path, form: Any, **given: Any) -> chat_tuning.ExportReport:
    return chat_tuning.export(ExportPlan(folder, form, **given), told=lambda stage, done, of: None)


def test_the_merged_model_says_what_base_and_adapter_say(tuned: tuple[Path, TrainReport], base: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    report = exported(tuned[0], "merged", name="slangy")
    assert report.probe is not None
    assert report.probe.max_difference < 1e-3
    assert report.probe.same_token == 1.0
    assert report.modelfile.read_text() == "FROM ./merged\n"
    assert (report.path / "model.safetensors").is_file()
    told = json.loads((report.path / "tokenizer_config.json").read_text())
    assert told["chat_template"] == TEMPLATE, "Ollama looks for it there"
    assert report.following[0] == f"ollama create slangy -f {report.modelfile}"
    ids = torch.tensor([[5, 9, 30, 44]])
    plain = AutoModelForCausalLM.from_pretrained(base)(ids).logits
    tuned_logits = AutoModelForCausalLM.from_pretrained(report.path)(ids).logits
    assert not torch.allclose(plain, tuned_logits, atol=0.1), "the adapter must be in it"


def test_the_adapter_is_exported_as_ollama_takes_it(tuned: tuple[Path, TrainReport], base: Path) -> None:
    report = exported(tuned[0], "adapter", base_in_ollama="llama3.1")
    assert report.modelfile.read_text() == "FROM llama3.1\nADAPTER ./adapter\n"
    assert sorted(path.name for path in report.path.iterdir()) == [
        "adapter_config.json",
        "adapter_model.safetensors",
    ]
    config = json.loads((report.path / "adapter_config.json").read_text())
    assert (config["r"], config["lora_alpha"]) == (8, 32)
    assert exported(tuned[0], "adapter").modelfile.read_text().startswith(f"FROM {base}\n")


def write_gguf(base: Path, path: Path, *, permuted: bool = True) -> Path:
    """The base as llama.cpp's converter writes it, as far as the exporter looks at it."""
    import gguf
    import numpy as np
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    config = model.config
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_token_list([f"token {n}" for n in range(5)])
    for name, tensor in model.state_dict().items():
        rows = tensor.numpy()
        heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}.get(
            name.split(".")[-2], 0
        )
        if heads and permuted:  # LlamaModel.permute in llama.cpp
            shape = (heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
            rows = np.ascontiguousarray(rows.reshape(shape).swapaxes(1, 2).reshape(rows.shape))
        mapped = names.get_name(name, try_suffixes=(".weight",))
        assert mapped is not None
        writer.add_tensor(mapped, rows)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("permuted", [True, False])
def test_a_gguf_file_has_the_merged_weights_in_the_order_of_its_base(
    tuned: tuple[Path, TrainReport], base: Path, tmp_path: Path, permuted: bool
) -> None:
    """Whether rows are permuted is seen in the base's own file; a wrong order would talk nonsense."""
    import gguf

    of = write_gguf(base, tmp_path / "base.gguf", permuted=permuted)
    report = exported(tuned[0], "gguf", gguf_of=of, name="slangy")
    wanted = write_gguf(tuned[0] / "chat" / "export" / "merged", tmp_path / "wanted.gguf", permuted=permuted)
    found, right = gguf.GGUFReader(report.path), gguf.GGUFReader(wanted)
    tensors = {tensor.name: tensor for tensor in found.tensors}
    assert set(tensors) == {tensor.name for tensor in right.tensors}
    for tensor in right.tensors:
        assert tensors[tensor.name].data.astype("float32") == pytest.approx(tensor.data, abs=2e-3)
    assert found.fields["tokenizer.ggml.tokens"].contents() == [f"token {n}" for n in range(5)]
    assert report.modelfile.read_text() == "FROM ./slangy.gguf\n"


def test_an_adapter_in_gguf_adds_what_the_merged_model_has_more(
    tuned: tuple[Path, TrainReport], base: Path, tmp_path: Path
) -> None:
    """Ollama's own conversion from safetensors misplaces queries and keys."""
    import gguf

    exported(tuned[0], "merged")
    before = write_gguf(base, tmp_path / "base.gguf")
    after = write_gguf(tuned[0] / "chat" / "export" / "merged", tmp_path / "after.gguf")
    report = exported(tuned[0], "adapter", gguf_of=before)
    assert report.modelfile.read_text() == f"FROM {before}\nADAPTER ./adapter.gguf\n"
    reader = gguf.GGUFReader(report.path)
    assert reader.fields["general.type"].contents() == "adapter"
    scale = reader.fields["adapter.lora.alpha"].contents() / 8
    parts, plain, merged = (
        {tensor.name: tensor.data for tensor in one.tensors}
        for one in (reader, gguf.GGUFReader(before), gguf.GGUFReader(after))
    )
    adapted = [name for name in plain if f"{name}.lora_a" in parts]
    assert len(adapted) == 14
    assert len(parts) == 28
    for name in adapted:
        update = scale * parts[f"{name}.lora_b"] @ parts[f"{name}.lora_a"]
        assert merged[name] - plain[name] == pytest.approx(update, abs=1e-4)


def test_a_gguf_file_of_another_model_is_refused(
    tuned: tuple[Path, TrainReport], base: Path, tmp_path: Path
) -> None:
    other = make_tiny_chat(tmp_path / "other", ["another model"] * 50, seed=7)
    of = write_gguf(other, tmp_path / "other.gguf")
    with pytest.raises(InputFormat, match="no GGUF file of this base"):
        exported(tuned[0], "gguf", gguf_of=of)
    (tmp_path / "no.gguf").write_bytes(b"no such thing")
    with pytest.raises(InputFormat, match="is no GGUF file"):
        exported(tuned[0], "gguf", gguf_of=tmp_path / "no.gguf")


def test_nothing_is_exported_before_something_is_trained(folder: Path) -> None:
    from slangrag.errors import ModelMissing

    with pytest.raises(ModelMissing) as refused:
        exported(folder, "merged")
    assert refused.value.hint.startswith("slangrag tune chat train")
