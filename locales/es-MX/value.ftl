# Solo lo que en México se dice de otra manera.
value-action = { $action ->
    [purchase] Compras
    [return] Devoluciones
    [redemption] Canjes
    [adjustment] Ajustes
    [transfer_out] Puntos enviados
    [transfer_in] Puntos recibidos
    [elapse] Vencidos
    [reversal] Anulaciones
    [reinstatement] Puntos recuperados
    [opening] Saldo de apertura
   *[other] Otros
}
