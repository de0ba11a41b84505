# Lo que los socios pagaron con puntos y la marca aún debe.
vouchers-lead = Lo que los socios ya pagaron con puntos y todavía no se ha entregado.
vouchers-none = No hay nada pendiente de entregar.
vouchers-kind = { $kind ->
    [product] Producto
    [voucher] Vale
    [experience] Experiencia
    [donation] Donación
    [invoice_credit] Abono en factura
   *[other] Recompensa
}
vouchers-waiting = { $n ->
    [one] Espera 1
   *[other] Esperan { $number }
}
vouchers-since = desde el { $at }
vouchers-to = La recibe { $to }.
vouchers-paid-here = Mientras espera, el socio puede deshacerlo y recupera sus puntos. Cuando lo pague, márquelo: desde entonces es definitivo.
vouchers-at-the-till = Se entrega en caja o a la entrada, leyendo el código del socio.
vouchers-hand-over = Dar por entregado
vouchers-reference = Referencia del pago
vouchers-reference-hint = Por ejemplo, el número de la transferencia o de la factura. Queda escrita con cada canje.
vouchers-mark = Marcar como entregado
vouchers-more = Y { $n } más, los siguientes en el tiempo.
vouchers-nobody = Sin socio
