"""The desk's pages of problems: the hot list, one problem and its moves, sorting, the map."""
