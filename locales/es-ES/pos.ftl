# Lo que imprime la caja debajo del total.
pos-change = { $side ->
    [pending] { $points } { $point_type }, disponibles más adelante
   *[other] { $points } { $point_type }
}
pos-nothing = Esta vez no hay puntos
pos-balance = Tienes { $points } { $point_type }
pos-tier = Ya eres { $tier }

# La caja en la pantalla.
pos-till-title = Caja
pos-till-who = ¿Quién es?
pos-till-who-hint = Pasa la tarjeta o el código del móvil, o escribe el teléfono, el correo o un número antiguo.
pos-till-find = Buscar
pos-till-scan = Leer con la cámara
pos-till-voucher = Aceptar un vale
pos-till-voucher-code = Código del vale
pos-till-voucher-use = Usar el vale
pos-till-voucher-worth = Vale aceptado: descuenta { $money }.
pos-till-voucher-taken = Vale aceptado: entrega { $reward }.
pos-till-receipt = Abrir un tique
pos-till-receipt-number = Número del tique
pos-till-receipt-hint = Para devolver, anular o explicar.
pos-till-receipt-open = Abrir
pos-till-receipt-none = No hay ninguna venta con ese número.
pos-till-nobody = No lo encontramos
pos-till-nobody-lead = Nadie tiene «{ $asked }» todavía.
pos-till-enroll = Alta en un momento
pos-till-enroll-lead = Con el correo o el teléfono basta. Lo demás lo completa cuando quiera.
pos-till-contact = Correo o teléfono
pos-till-enroll-do = Dar de alta
pos-till-enroll-taken = Ya hay un socio con ese dato. Búscalo.
pos-till-enroll-invalid = Eso no parece un correo ni un teléfono. Revísalo.
pos-till-again = Buscar otra vez
pos-till-several = Hay más de uno
pos-till-several-lead = Este número lo tienen varios socios. Pregunta cuál es.
pos-till-by = { $scheme ->
    [card] El de la tarjeta
    [phone] El del teléfono
   *[other] El del número antiguo
}
pos-till-member = Socio
pos-till-no-points = Todavía sin puntos
pos-till-suspended = Esta cuenta está suspendida: no suma ni canjea.
pos-till-next = Siguiente cliente
pos-till-same = El mismo socio
pos-till-sell = Venta
pos-till-amount = Importe
pos-till-amount-wrong = Ese importe no se entiende. Escríbelo como 12,50.
pos-till-category = Sección
pos-till-category-any = Cualquiera
pos-till-more-lines = Más líneas
pos-till-pay = Pagar con puntos
pos-till-pay-hint = En dinero, desde { $amount }. Esa parte no suma puntos.
pos-till-pay-wrong = No se puede pagar con puntos más que la compra.
pos-till-pay-bounds = Con puntos se puede pagar desde { $least } hasta { $most }.
pos-till-pay-least = Con puntos se puede pagar desde { $least }.
pos-till-program = Programa de esta caja
pos-till-pays = { $amount } se pagan con puntos.
pos-till-quote = Ver qué suma
pos-till-quote-title = Venta por cobrar
pos-till-sell-do = Cobrado
pos-till-back = Volver
pos-till-done = Venta hecha
pos-till-why = Por qué
pos-till-why-all = Verlo todo
pos-till-number = Tique { $number }
pos-till-take-back = Devolver o anular
pos-till-return-lines = ¿Qué devuelve?
pos-till-return-paid = { $amount } se pagaron con puntos: esos puntos vuelven si se devuelve o se anula la compra entera.
pos-till-return = Devolver lo marcado
pos-till-returned = Devuelto. Los puntos de esa parte ya no cuentan.
pos-till-void = Anular la venta
pos-till-void-hint = Para un error de caja: como si nunca hubiera pasado.
pos-till-voided = Anulada, como si nunca hubiera pasado.
pos-till-rewards = Puede llevarse
pos-till-rewards-none = Todavía nada con sus puntos.
pos-till-rewards-later = Le falta para estas
pos-till-price = { $points } { $point_type }
pos-till-hand = Entregar
pos-till-handed = Entregado
pos-till-handed-lead = { $reward }, por { $price }.
pos-till-undo = Deshacer
pos-till-undone = Deshecho: los puntos han vuelto
pos-till-offline = Sin conexión
pos-till-offline-lead = Puedes seguir cobrando. Las ventas esperan en este aparato y se envían en cuanto vuelva la red.
pos-till-offline-keep = Guardar la venta
pos-till-offline-try = Probar la conexión
pos-till-waiting = Ventas que esperan para enviarse: { "{n}" }
pos-till-waiting-others = De otra persona o de otro cliente esperan { "{n}" }: se enviarán cuando entre quien las hizo.
pos-till-once-more = Probar otra vez
pos-till-offline-pay = Sin conexión no se puede pagar con puntos. Quita esa parte, o espera a que vuelva la red.
pos-till-offline-kept = Guardada en este aparato: se enviará sola y contará una vez.
pos-till-offline-unknown = No ha llegado la respuesta. Pulsa otra vez: cuenta una sola vez.
pos-till-drop = Quitar
