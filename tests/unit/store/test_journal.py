from __future__ import annotations

from pathlib import Path

import pytest

from slangrag.store.journal import choose, file_system


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("ext4", "wal"), ("xfs", "wal"), ("nfs4", "delete"), ("lustre", "delete"), ("fuse.sshfs", "delete")],
)
def test_a_log_shared_through_memory_is_never_used_on_a_network_file_system(
    tmp_path: Path, kind: str, mode: str
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/root / ext4 rw 0 0\nserver:/home {tmp_path.resolve()} {kind} rw 0 0\n")
    assert file_system(tmp_path / "store", mounts) == kind
    assert choose(tmp_path / "store", mounts) == mode


def test_the_nearest_mount_decides(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/ / nfs rw 0 0\ntmpfs {tmp_path.resolve()} tmpfs rw 0 0\n")
    assert choose(tmp_path / "store", mounts) == "wal"
    assert choose(Path("/elsewhere"), mounts) == "delete"


def test_a_platform_that_names_no_mounts_is_taken_for_a_local_disk(tmp_path: Path) -> None:
    assert choose(tmp_path, tmp_path / "absent") == "wal"
