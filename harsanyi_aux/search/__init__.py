"""Many games: designed to order (facts page, "Design"), robust, or drawn at random in campaigns."""
