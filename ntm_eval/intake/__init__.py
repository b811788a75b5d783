"""What districts send -> facts and problems: `sheets`, `forms`, `values`, `workbook`, `clean`, `checks`."""
