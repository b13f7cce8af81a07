"""What the product is measured against: views of plain Django, without middleware, login, rules or constraints."""
