"""The file: a ZIP with a member per table and per file, and a manifest with all their SHA-256."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from antq.site.backup import BackupError

FORMAT = 1
MANIFEST = "MANIFEST.json"
EXPECTED = ("members", "tables", "sequences", "migrations", "version", "made_at", "files")
CHUNK = 1 << 20
# What a ZIP that is cut off or altered makes Python raise.
DAMAGE = (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, ValueError, KeyError, RuntimeError)


class Member:
    """A file-like object that counts and digests what passes through it."""

    def __init__(self, stream):
        self.stream = stream
        self.size = 0
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._note(data)
        return self.stream.write(data)

    def read(self, size: int = CHUNK) -> bytes:
        data = self.stream.read(size)
        self._note(data)
        return data

    def chunks(self) -> Iterator[bytes]:
        while data := self.read():
            yield data

    @property
    def seal(self) -> dict:
        return {"size": self.size, "sha256": self._digest.hexdigest()}

    def _note(self, data: bytes) -> None:
        self.size += len(data)
        self._digest.update(data)


class Writer:
    """An archive in the making; `seals` is what the manifest says of its members."""

    def __init__(self, archive: zipfile.ZipFile):
        self._archive = archive
        self.seals: dict[str, dict] = {}

    @contextmanager
    def member(self, name: str, *, compress: bool = True) -> Iterator[Member]:
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        with self._archive.open(info, "w", force_zip64=True) as stream:
            member = Member(stream)
            yield member
        self.seals[name] = member.seal

    def finish(self, manifest: dict) -> None:
        content = {"format": FORMAT, **manifest, "members": self.seals}
        self._archive.writestr(MANIFEST, json.dumps(content, ensure_ascii=False, indent=1))


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """An archive at `path`, for its owner only: there when it is whole, or not at all."""
    making = path.with_name(f"{path.name}.part")
    try:
        with open(os.open(making, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        Archive(making).verify()
        making.replace(path)
    except BaseException:
        with suppress(OSError):
            making.unlink(missing_ok=True)
        raise


class Archive:
    """An archive that is read. Raises BackupError for what is damaged, or not ours at all."""

    def __init__(self, path: Path):
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest = json.loads(self._zip.read(MANIFEST))
            self.seals = {name: self.manifest[name] for name in EXPECTED}["members"]
        except FileNotFoundError:
            raise BackupError(f"There is no file {path}.") from None
        except (*DAMAGE, TypeError, OSError) as error:
            raise BackupError(f"{path} is damaged, or no backup: {error}.") from None
        if self.manifest.get("format") != FORMAT:
            raise BackupError(f"{path} was written by a newer version of this program.")

    @contextmanager
    def member(self, name: str) -> Iterator[Member]:
        with self._zip.open(name) as stream:
            yield Member(stream)

    def files(self, folder: str) -> dict[str, dict]:
        """The members below `folder`, by their path in it."""
        start = f"{folder}/"
        return {
            name.removeprefix(start): seal
            for name, seal in self.seals.items()
            if name.startswith(start)
        }

    def verify(self) -> None:
        """Read all of it; raises BackupError at the first thing that is not as it was written."""
        names = self._zip.namelist()
        same = set(self.files("tables")) == set(self.manifest["tables"])
        if sorted(names) != sorted([*self.seals, MANIFEST]) or not same:
            raise BackupError(f"{self.path} is damaged: its list of members is not its own.")
        for name, seal in self.seals.items():
            try:
                with self.member(name) as member:
                    for _ in member.chunks():
                        pass
            except (*DAMAGE, NotImplementedError, zipfile.zlib.error) as error:
                raise BackupError(f"{self.path} is damaged in {name}: {error}.") from None
            if member.seal != seal:
                raise BackupError(f"{self.path} is damaged in {name}: wrong checksum.")
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts:
                raise BackupError(f"{self.path} names a place outside its folders: {name}.")
