"""`slangrag tune export`: each form is run by its own engine and gives the trained model's vectors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from tests.standin import StandIn
from tests.trained import DIMENSION, WINDOW, write, write_tiny_bert
from typer.testing import CliRunner

from slangrag.cli.main import app, main
from slangrag.config import load_settings
from slangrag.engines.choose import choose_embedder
from slangrag.engines.protocols import Embedder
from slangrag.errors import ModelUnfit
from slangrag.service.exporting import ExportReport, ExportRequest, export_model
from slangrag.tuning.exporting.exports import Exporter
from slangrag.tuning.exporting.reference import Reference
from slangrag.tuning.exporting.texts import probe_texts
from slangrag.tuning.exporting.trained import read_trained

TEXTS = ("What does rizz mean?", "the word for charm", "tea: when somebody said it", "very " * 200)
PREFIXES = {"query_template": "what: {text}", "document_template": "say: {word}: {definition}"}


@dataclass(frozen=True)
class Exports:
    """One trained model, with prefixes, and what was made of it."""

    root: Path
    reference: Reference
    report: ExportReport


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Exports:
    root = tmp_path_factory.mktemp("tune")
    model = write_tiny_bert(root / "model", training=PREFIXES)
    report = export_model(ExportRequest(root, ("onnx", "int8", "gguf")), load_settings(), print)
    assert report.fault is None
    return Exports(root, Reference(read_trained(model)), report)


@pytest.mark.parametrize("form", ["onnx", "int8", "gguf"])
def test_a_store_embeds_with_an_export_as_with_the_trained_model(exports: Exports, form: str) -> None:
    made = next(one for one in exports.report.exports if one.form == form)
    embedder = embedder_of(made.embed_model)
    wanted = exports.reference.embed([f"say: {text}" for text in TEXTS])
    found = embedder.embed_documents([embedder.identity.render_text(text) for text in TEXTS])
    assert embedder.identity.dimension == DIMENSION
    assert np.einsum("td,td->t", wanted, found).min() > 0.999


@pytest.mark.parametrize("form", ["onnx", "int8", "gguf"])
def test_questions_get_the_prefix_that_the_model_was_trained_with(exports: Exports, form: str) -> None:
    made = next(one for one in exports.report.exports if one.form == form)
    embedder = embedder_of(made.embed_model)
    wanted = exports.reference.embed(["what: the word for charm"])[0]
    assert embedder.identity.query_template == "what: {text}"
    assert embedder.identity.render_document("tea", "news") == "say: tea: news"
    assert float(embedder.embed_query("the word for charm") @ wanted) > 0.999


def test_the_loss_of_8_bits_is_measured_and_their_file_is_much_smaller(exports: Exports) -> None:
    sizes = {one.form: (one.path / "model.onnx") for one in exports.report.exports if one.form != "gguf"}
    probes = {one.form: one.probe for one in exports.report.exports}
    assert probes["onnx"].least > 0.99999
    assert 0.999 < probes["int8"].mean < 0.99999
    assert probes["int8"].texts == 200
    assert sizes["int8"].stat().st_size < 0.7 * sizes["onnx"].stat().st_size
    assert exports.report.best is not None
    assert exports.report.best.form == "int8"


def test_an_exported_folder_has_the_names_that_every_reader_knows(exports: Exports) -> None:
    folder = exports.root / "export" / "onnx"
    modules = json.loads((folder / "modules.json").read_text())
    assert [module["type"] for module in modules] == [
        "sentence_transformers.models.Transformer",
        "sentence_transformers.models.Pooling",
        "sentence_transformers.models.Normalize",
    ]
    pooling = json.loads((folder / "1_Pooling" / "config.json").read_text())
    assert pooling["pooling_mode_mean_tokens"] is True
    assert pooling["pooling_mode_cls_token"] is False
    assert json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"] == WINDOW
    prompts = json.loads((folder / "config_sentence_transformers.json").read_text())["prompts"]
    assert prompts == {"query": "what: ", "document": "say: "}


def test_two_models_of_one_size_have_two_digests(exports: Exports, tmp_path: Path) -> None:
    """A digest reads a file's ends only: the weights' own checksum is among them."""
    for form in ("onnx/model.onnx", "gguf/model.gguf"):
        content = (exports.root / "export" / form).read_bytes()
        ends = content[: 1 << 20] + content[-(1 << 20) :]
        assert exports.report.model.digest.encode() in ends


def test_a_wrong_pooling_is_refused_and_left_under_a_name_that_says_so(
    exports: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter = Exporter(exports.report.model, tmp_path, probe_texts(), load_settings(), print)
    from slangrag.tuning.exporting import exports as room

    def broken(model: object, network: object, folder: Path) -> None:
        import shutil

        shutil.copytree(exports.root / "export" / "onnx", folder)
        write(folder / "1_Pooling" / "config.json", {"pooling_mode_cls_token": True})

    monkeypatch.setattr(room, "write_onnx", broken)
    with pytest.raises(ModelUnfit, match=r"other vectors than the trained model for \d+ of 200 texts"):
        list(exporter.onnx(("onnx",)))
    assert (tmp_path / "onnx.refused" / "model.onnx").is_file()
    assert not (tmp_path / "onnx").exists()
    assert not (tmp_path / "onnx.part").exists()


def test_a_model_in_the_older_spelling_that_pools_by_its_first_token_is_exported_too(tmp_path: Path) -> None:
    model = write_tiny_bert(tmp_path / "older", pooling="cls", older=True)
    request = ExportRequest(tmp_path / "tune", ("gguf",), model, tmp_path / "to")
    report = export_model(request, load_settings(), print)
    assert report.model.pooling == "first"
    assert report.exports[0].probe.faults == 0


@pytest.fixture
def ollama(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with StandIn() as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        yield server


def test_a_model_is_made_on_ollama_and_its_words_travel_with_it(
    exports: Exports, ollama: StandIn, tmp_path: Path
) -> None:
    result = CliRunner().invoke(app, command(exports, tmp_path, "--ollama", "my-slang", "--json"))
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert [one["form"] for one in document["exports"]] == ["gguf", "ollama"]
    assert document["best"] == "ollama"
    assert document["fault"] is None
    identity = choose_embedder(load_settings({"engine": "ollama", "embed_model": "my-slang"})).model.identity
    assert (identity.query_template, identity.document_template) == (
        "what: {text}",
        "say: {word}: {definition}",
    )


def test_where_no_ollama_answers_the_file_is_there_and_the_command_that_makes_the_model_is_named(
    exports: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:1")
    monkeypatch.setattr("sys.argv", ["slangrag", *command(exports, tmp_path, "--ollama", "my-slang")])
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr()
    assert left.value.code == 3
    assert "was not created" in said.err
    assert f"ollama create my-slang -f {tmp_path}/gguf/Modelfile" in said.err
    assert (tmp_path / "gguf" / "Modelfile").read_text() == "FROM ./model.gguf\n"
    assert "gguf" in said.out


def test_a_server_that_refuses_the_name_is_quoted(exports: Exports, ollama: StandIn, tmp_path: Path) -> None:
    request = ExportRequest(exports.root, (), None, tmp_path, "no such name!")
    report = export_model(request, load_settings(), print)
    assert report.fault is not None
    assert "invalid model name" in report.fault.message
    assert [one.form for one in report.exports] == ["gguf"]


def command(exports: Exports, to: Path, *more: str) -> list[str]:
    return ["tune", "export", "--dir", str(exports.root), "--to", str(to), *more]


def embedder_of(name: str) -> Embedder:
    return choose_embedder(load_settings({"embed_model": name})).model
