"""Puts the cells of a sheet where their addresses say, and refuses addresses that cannot be.

What is blank is not there, wherever it lies: a sheet ends with its last filled row and column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from contract.errors import RefusedFile
from contract.unseen import shown
from etl.receiving.advice import REPAIR
from etl.sheets.grids import CELLS, SPACES, column_letters, joined
from etl.sheets.sheet_cells import Contradiction
from etl.sheets.sheet_rows import Rows

TextOf = Callable[[str], str | None]
TakeFormulas = Callable[[pa.Int32Array, pa.Int32Array, pa.StringArray], None]
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
MAX_CELLS = 10_000_000
MOST_KNOWN = 1 << 18
LETTERS, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
LETTERS_OF_COLUMN = re.compile("[A-Z]{1,3}")
ROW_NUMBER = re.compile(r"[1-9][0-9]{0,6}")


def column_number(letters: str) -> int:
    """A=0, B=1, …"""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _column(letters: str) -> int:
    return column_number(letters) if LETTERS_OF_COLUMN.fullmatch(letters) else -1


class _WrongCell(Exception):
    """What is written of a cell contradicts itself."""

    def __init__(self, content: str, told: str) -> None:
        super().__init__(told)
        self.content = content


class Columns:
    """The filled cells of a sheet by column, as its rows come in.

    `text_of` gives the text of what is written of a cell, None for a blank; `take_formulas` is shown row (from 1),
    column (from 0) and what is written of each cell with a formula. Raises RefusedFile, with the cell.
    """

    def __init__(self, sheet: str, text_of: TextOf, take_formulas: TakeFormulas) -> None:
        self._sheet, self._text_of, self._take_formulas = sheet, text_of, take_formulas
        self._known: dict[str, str | None] = {}
        self._pieces: list[list[pa.DictionaryArray]] = []
        self._heights: list[int] = []
        self._last_row = 0
        self._hidden: list[int] = []

    @property
    def height(self) -> int:
        """The last filled row."""
        return sum(self._heights)

    @property
    def hidden_rows(self) -> frozenset[int]:
        """Rows that nobody sees, as a person counts them."""
        return frozenset(self._hidden)

    def whole(self) -> tuple[pa.DictionaryArray, ...]:
        """All columns to the last filled one, each from the first row to the last filled one."""
        return tuple(map(joined, self._pieces))

    def tell(self, told: Mapping[tuple[int, int], str | None]) -> None:
        """Puts other texts into cells, by row and column from 0."""
        filled = [place for place, text in told.items() if text is not None]
        height = max([self.height, *(row + 1 for row, _ in filled)])
        self._widen(max([len(self._pieces), *(column + 1 for _, column in filled)]), height)
        for column, pieces in enumerate(self._pieces):
            own = {row: text for (row, place), text in told.items() if place == column and row < height}
            if own or height > self.height:
                texts = joined(pieces).dictionary_decode().to_pylist() + [None] * (height - self.height)
                for row, text in own.items():
                    texts[row] = text
                pieces[:] = [pa.array(texts, pa.string()).dictionary_encode()]
            else:
                pieces[:] = [joined(pieces)]
        self._heights = [height] if height else []

    def add(self, rows: Rows) -> None:
        """Takes the next rows in."""
        numbers = self._row_numbers(rows.numbers)
        self._hidden += [numbers[place] for place in rows.hidden]
        if not len(rows.owners):
            return
        rows_of_cells = pa.array(numbers, pa.int32()).take(rows.owners)
        columns, contents = self._columns_of_cells(rows, rows_of_cells), rows.contents
        try:
            closed = pc.ends_with(contents, "/>")
            if pc.any(closed).as_py():  # formats without content, which may be many: they are looked at and let go
                self._texts(pc.unique(contents.filter(closed)))
                kept = pc.invert(closed)
                self._place(contents.filter(kept), rows_of_cells.filter(kept), columns.filter(kept))
            else:
                self._place(contents, rows_of_cells, columns)
            computed = pc.match_substring(contents, "<f")
            if pc.any(computed).as_py():
                self._take_formulas(*(array.filter(computed) for array in (rows_of_cells, columns, contents)))
        except _WrongCell as wrong:
            place = pc.index(contents, wrong.content).as_py()
            address = f"{column_letters(columns[place].as_py())}{rows_of_cells[place].as_py()}"
            raise self._refused(f"{address}单元格自相矛盾：{wrong}") from None

    def _row_numbers(self, written: list[str | None]) -> list[int]:
        """The rows' numbers. Raises RefusedFile for one that stands twice, comes too late or is none."""
        numbers = []
        for text in written:
            if text is None:
                number = self._last_row + 1
            elif ROW_NUMBER.fullmatch(text):
                number = int(text)
            else:
                raise self._refused(f"有一行的行号是“{shown(text)}”")
            if number <= self._last_row:
                told = "出现两次" if number == self._last_row else f"排在第{self._last_row}行之后，次序不对"
                raise self._refused(f"第{number}行{told}")
            if number > MAX_ROWS:
                raise self._refused(f"有第{number}行，工作表最多{MAX_ROWS}行")
            self._last_row = number
            numbers.append(number)
        return numbers

    def _columns_of_cells(self, rows: Rows, rows_of_cells: pa.Int32Array) -> pa.Int32Array:
        """The column of each cell, from 0. Raises RefusedFile for an address that is none, or not of its place."""
        addresses = rows.addresses
        if pc.any(pc.equal(addresses, "")).as_py():
            addresses = self._completed(rows, rows_of_cells)
        letters = pc.ascii_rtrim(addresses, DIGITS).dictionary_encode()
        known = [_column(text) for text in letters.dictionary.to_pylist()]
        columns = pa.array(known, pa.int32()).take(letters.indices)
        in_its_row = pc.equal(pc.ascii_ltrim(addresses, LETTERS), rows_of_cells.cast(pa.string()))
        exists = pc.and_(pc.greater_equal(columns, 0), pc.less(columns, MAX_COLUMNS))
        rising = pc.or_(pc.greater(columns[1:], columns[:-1]), pc.not_equal(rows.owners[1:], rows.owners[:-1]))
        sound = pc.and_(pc.and_(exists, in_its_row), pa.concat_arrays([pa.array([True]), rising]))
        place = pc.index(sound, False).as_py()
        if place >= 0:
            told = [address.as_py() for address in addresses[max(place - 1, 0) : place + 1]]
            raise self._misplaced(told[-1], told[0], rows_of_cells[place].as_py())
        return columns

    def _completed(self, rows: Rows, rows_of_cells: pa.Int32Array) -> pa.StringArray:
        """The addresses, those that are not written made from the cell before."""
        addresses: list[str] = []
        row, column = 0, -1
        for written, number in zip(rows.addresses.to_pylist(), rows_of_cells.to_pylist(), strict=True):
            column = column if number == row else -1
            match = ADDRESS.fullmatch(written)
            row, column = number, column_number(match[1]) if match else column + 1
            addresses.append(written or f"{column_letters(column)}{number}")
        return pa.array(addresses, pa.string())

    def _misplaced(self, address: str, before: str, row: int) -> RefusedFile:
        match = ADDRESS.fullmatch(address)
        if match is None or column_number(match[1]) >= MAX_COLUMNS:
            return self._refused(f"第{row}行有一格的地址是“{shown(address)}”，不是单元格地址")
        if int(match[2]) != row:
            return self._refused(f"{address}单元格写在第{row}行中，与地址不符")
        if address == before:
            return self._refused(f"{address}单元格出现两次，不知以哪个为准")
        return self._refused(f"{address}单元格排在{before}之后，次序不对")

    def _place(self, contents: pa.StringArray, rows_of_cells: pa.Int32Array, columns: pa.Int32Array) -> None:
        """Adds a piece to every column, down to the last row that is filled now."""
        filled: dict[int, tuple[pa.Int32Array, pa.DictionaryArray]] = {}
        order = pc.array_sort_indices(columns)  # cells of a column stay in the order of their rows
        contents, rows_of_cells = contents.take(order), rows_of_cells.take(order)
        runs = pc.run_end_encode(columns.take(order))
        start = 0
        for number, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            cells, own_rows = contents[start:end].dictionary_encode(), rows_of_cells[start:end]
            start = end
            texts = pa.array(self._texts(cells.dictionary), pa.string())
            if texts.null_count:
                kept = texts.is_valid().take(cells.indices)
                own_rows, cells = own_rows.filter(kept), texts.take(cells.indices.filter(kept)).dictionary_encode()
            else:
                cells = pa.DictionaryArray.from_arrays(cells.indices, texts)
            if len(cells):
                filled[number] = own_rows, cells
        if filled:
            self._append(filled)

    def _append(self, filled: dict[int, tuple[pa.Int32Array, pa.DictionaryArray]]) -> None:
        done = self.height
        last = max(own_rows[-1].as_py() for own_rows, _ in filled.values())
        width = max(*filled, len(self._pieces) - 1) + 1
        self._widen(width, last)
        height = last - done
        span = pa.arange(done + 1, last + 1).cast(pa.int32())
        for number, pieces in enumerate(self._pieces):
            own_rows, cells = filled.get(number, (None, pa.nulls(height, CELLS)))
            if own_rows is not None and len(cells) < height:
                cells = cells.take(pc.index_in(span, value_set=own_rows))
            pieces.append(cells)
        self._heights.append(height)

    def _widen(self, width: int, last: int) -> None:
        """Makes so many columns. Raises RefusedFile where the sheet is beyond all measure."""
        if last * width > MAX_CELLS:
            raise RefusedFile(
                f"工作表“{self._sheet}”的已用区域过大（内容到{column_letters(width - 1)}{last}，{last}行{width}列）；"
                "请在Excel按Ctrl+End找到表格之外的内容，删除所在的行、列后重新报送"
            )
        while len(self._pieces) < width:
            self._pieces.append([pa.nulls(height, CELLS) for height in self._heights])

    def _texts(self, contents: pa.StringArray) -> list[str | None]:
        """The text of each; blanks as None. Raises _WrongCell."""
        known = self._known
        if len(known) > MOST_KNOWN:
            known.clear()
        texts: list[str | None] = []
        for content in contents.to_pylist():
            if content not in known:
                try:
                    text = self._text_of(content)
                except Contradiction as wrong:
                    raise _WrongCell(content, str(wrong)) from None
                known[content] = text if text and text.strip(SPACES) else None
            texts.append(known[content])
        return texts

    def _refused(self, told: str) -> RefusedFile:
        return RefusedFile(f"工作表“{self._sheet}”已损坏：{told}；{REPAIR}")


def columns_of(
    sheet: str, rows: Iterable[Rows], text_of: TextOf, take_formulas: TakeFormulas = lambda *_: None
) -> Columns:
    """The sheet's cells, all rows taken in. Raises RefusedFile; and what going through the rows raises."""
    columns = Columns(sheet, text_of, take_formulas)
    for block in rows:
        columns.add(block)
    return columns
