# perl excel_writer.pl sheets.tsv out.xlsx : Perl, Excel::Writer::XLSX; the sheets as lines of sheet, row, column, kind, value
use strict; use warnings; use utf8; use open qw(:std :encoding(UTF-8));
use Excel::Writer::XLSX;
my ($from, $to) = @ARGV;
my $book = Excel::Writer::XLSX->new($to);
my %formats = map { $_->[0] => $book->add_format(num_format => $_->[1]) } (["date", "yyyy-mm-dd"], ["percent", "0.00%"]);
my %sheets;
open(my $lines, "<", $from) or die;
while (my $line = <$lines>) {
    chomp $line;
    my ($name, $row, $column, $kind, $value) = split /\t/, $line, -1;
    my $sheet = $sheets{$name} //= $book->add_worksheet($name);
    if ($kind eq "date") { $sheet->write_date_time($row - 1, $column - 1, "${value}T", $formats{date}) }
    elsif ($kind eq "text") { $sheet->write_string($row - 1, $column - 1, $value) }
    elsif ($kind eq "boolean") { $sheet->write_boolean($row - 1, $column - 1, $value) }
    elsif ($kind eq "formula") { $sheet->write_formula($row - 1, $column - 1, "=500*2", undef, $value) }
    else { $sheet->write_number($row - 1, $column - 1, $value, $formats{$kind}) }
}
$book->close();
