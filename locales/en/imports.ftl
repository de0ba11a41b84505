# Imports.
imports-lead = Purchases and members that come in files, row by row, and can be undone.
imports-none = Nothing was imported yet. Try a file first: it says what it would do and changes nothing.
imports-new = Import a file
imports-file = File
imports-file-hint = CSV, Excel, JSON or Parquet, up to 512 MB.
imports-mapping = Mapping
imports-mapping-hint = A TOML file that says what each column holds.
imports-try = Try without changing anything
imports-bring = Import
imports-both = Both files are needed.
imports-extract = That mapping is of a program to be merged: it belongs to Merges.
imports-tried = This is what it would do; nothing was changed.
imports-rows = Rows
imports-purchases = Purchases
imports-returns = Returns
imports-enrolled = Enrolled
imports-known = Known before
imports-replayed = There before
imports-desk = Error desk
imports-clean = The ledger refused no row.
imports-row = Line
imports-code = Code
imports-treatment = What was done
imports-why = Why
imports-undo = Undo this import
imports-undo-lead = Reverses all its movements. Those enrolled stay.
imports-undo-do = Undo all of it
imports-done = { $n } done
imports-no-program = There is no program “{ $program }”.
imports-state = { $state ->
    [running] running
    [finished] finished
    [undoing] being undone
    [undone] undone
   *[other] { $state }
}
