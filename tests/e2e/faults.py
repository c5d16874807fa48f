"""The page by which faults.cpp is told what fails, and tells what did."""
import errno
import mmap
import os
import struct

LIBRARY = os.environ.get("EDU_FAULTS", "")
WRITING, READING = 1, 2
ONCE, ON = 0, 1  # steps: that call alone; each one from then on; n: each nth
FORM = struct.Struct("<iiqqqq256s")


def there():
    return bool(LIBRARY) and os.path.exists(LIBRARY)


class Page:
    """In `folder`, which outlives the station's own."""

    def __init__(self, folder, below):
        self.file, self.below = folder / "fault-page", below
        self.trace = folder / "fault-trace"
        self.file.write_bytes(bytes(mmap.PAGESIZE))
        self.trace.touch()
        with open(self.file, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), mmap.PAGESIZE)

    def environment(self):
        return {"LD_PRELOAD": LIBRARY, "EDU_FAULT_PAGE": str(self.file), "EDU_FAULT_FOLDER": str(self.below),
                "EDU_FAULT_TRACE": str(self.trace)}

    def fail(self, error, first=1, step=ON, kinds=WRITING):
        """`first`: the number of the call, counted from now on."""
        self.memory[:FORM.size] = FORM.pack(0, kinds, first, step, 0, 0, b"")
        self.memory[:4] = struct.pack("<i", getattr(errno, error))

    def heal(self):
        self.memory[:4] = bytes(4)

    def count(self, kinds=WRITING | READING):
        """Counts calls, and nothing fails."""
        self.fail("EIO", first=1 << 62, step=ONCE, kinds=kinds)

    def traced(self):
        """What was made durable or could have been, in its order: (call, path)."""
        whole, _, _ = self.trace.read_text(errors="replace").rpartition("\n")  # the last may be half written
        return [tuple(line.split(" ", 1)) for line in whole.split("\n") if line]

    def seen(self):
        """How many calls were counted, how many failed, and the newest of those."""
        _, _, _, _, calls, failed, what = FORM.unpack(self.memory[:FORM.size])
        return calls, failed, what.split(b"\0", 1)[0].decode(errors="replace")
