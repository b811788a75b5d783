"""What districts send -> facts and problems: from `sheets` to `checks`, as the data flows."""
