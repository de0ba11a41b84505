# Importaciones.
imports-lead = Compras y socios que llegan en ficheros, fila a fila, y que se pueden deshacer.
imports-none = Todavía no se ha importado nada. Prueba primero un fichero: dice qué haría y no cambia nada.
imports-new = Importar un fichero
imports-file = Fichero
imports-file-hint = CSV, Excel, JSON o Parquet, hasta 512 MB.
imports-mapping = Correspondencia
imports-mapping-hint = Un fichero TOML que dice qué hay en cada columna.
imports-try = Probar sin cambiar nada
imports-bring = Importar
imports-both = Hacen falta los dos ficheros.
imports-extract = Esa correspondencia es de un programa que se va a unir: va en Fusiones.
imports-tried = Esto haría; no se ha cambiado nada.
imports-rows = Filas
imports-purchases = Compras
imports-returns = Devoluciones
imports-enrolled = Altas
imports-known = Ya conocidos
imports-replayed = Ya estaban
imports-desk = Mesa de errores
imports-clean = El libro no ha rechazado ninguna fila.
imports-row = Línea
imports-code = Código
imports-treatment = Qué se hizo
imports-why = Por qué
imports-undo = Deshacer esta importación
imports-undo-lead = Anula todos sus movimientos con otros de signo contrario. Las altas se quedan.
imports-undo-do = Deshacerla entera
imports-done = { $n } hechas
imports-no-program = No hay un programa «{ $program }».
imports-state = { $state ->
    [running] en marcha
    [finished] terminada
    [undoing] deshaciéndose
    [undone] deshecha
   *[other] { $state }
}
