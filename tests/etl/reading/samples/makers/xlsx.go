// go run xlsx.go sheets.tsv out.xlsx : Go, github.com/tealeg/xlsx; the sheets as lines of sheet, row, column, kind, value
package main

import (
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/tealeg/xlsx"
)

func main() {
	content, _ := os.ReadFile(os.Args[1])
	book := xlsx.NewFile()
	for _, line := range strings.Split(strings.TrimRight(string(content), "\n"), "\n") {
		part := strings.Split(line, "\t")
		sheet := book.Sheet[part[0]]
		if sheet == nil {
			sheet, _ = book.AddSheet(part[0])
		}
		row, _ := strconv.Atoi(part[1])
		column, _ := strconv.Atoi(part[2])
		cell := sheet.Cell(row-1, column-1)
		number, _ := strconv.ParseFloat(part[4], 64)
		switch part[3] {
		case "text":
			cell.SetString(part[4])
		case "date":
			day, _ := time.Parse("2006-01-02", part[4])
			cell.SetDate(day)
		case "percent":
			cell.SetFloatWithFormat(number, "0.00%")
		case "boolean":
			cell.SetBool(part[4] == "1")
		default:
			cell.SetFloat(number)
		}
	}
	if err := book.Save(os.Args[2]); err != nil {
		panic(err)
	}
}
