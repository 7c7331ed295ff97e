// node populate.js sheets.json out.xlsx [password] : xlsx-populate (npm)
const Populate = require("xlsx-populate"), fs = require("fs");
const [, , from, to, password] = process.argv;
Populate.fromBlankAsync().then((book) => {
  JSON.parse(fs.readFileSync(from)).forEach((sheet, place) => {
    const page = place ? book.addSheet(sheet.name) : book.sheet(0).name(sheet.name);
    sheet.rows.forEach((row, r) => row.forEach((value, c) => {
      const cell = page.cell(r + 1, c + 1);
      if (value === null) return;
      if (typeof value !== "object") cell.value(value);
      else if ("date" in value) cell.value(new Date(`${value.date}T00:00:00`)).style("numberFormat", "yyyy-mm-dd");
      else if ("percent" in value) cell.value(value.percent).style("numberFormat", "0.00%");
      else if ("boolean" in value) cell.value(value.boolean);
      else cell.value(value.value);
    }));
    if (sheet.titles) page.range("A1:D1").merged(true);
  });
  return book.toFileAsync(to, password ? { password } : {});
});
