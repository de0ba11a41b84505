# Solo lo que en México se dice de otra manera.
value-action = { $action ->
    [purchase] Compras
    [return] Devoluciones
    [redemption] Canjes
    [adjustment] Ajustes
    [transfer_out] Enviado a otra persona
    [transfer_in] Recibido de otra persona
    [elapse] Vencidos
    [reversal] Anulaciones
    [reinstatement] Recuperado
    [opening] Saldo de apertura
   *[other] Otros
}
