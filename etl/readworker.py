"""The child process that reads packages: one pickled package in, one pickled reading or refusal out, until closed."""

import pickle
import resource
import sys

from etl.errors import RefusedFile
from etl.packagereading import read_package
from etl.reading import Reading
from etl.receive import Package

MEMORY_BYTES = 2 * 1024**3
FAULT = "系统读取文件时出错（{}），未受理；请联系系统管理员，文件已存档"
TOO_LARGE = "文件读取时占用内存过大，已拒收；请删除多余的工作表、空行和格式后重新报送"


def _read(package: Package) -> Reading | str:
    """The reading, or the reason why there is none."""
    try:
        return read_package(package)
    except RefusedFile as refusal:
        return str(refusal)
    except MemoryError:
        return TOO_LARGE
    except Exception as error:  # a fault of the reader is told apart from a bad file, and costs one file only
        return FAULT.format(type(error).__name__)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            package = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(_read(package), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
