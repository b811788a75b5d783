"""What districts send -> facts and problems: from `sheets` to `checks`, in the order of the flow."""
