"""A game on one page of HTML that needs nothing else; `page.report_page` writes it."""
