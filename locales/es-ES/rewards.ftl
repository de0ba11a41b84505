# Lo que se puede conseguir.
rewards-title = Recompensas
rewards-have = { $tone ->
    [usted] Tiene
   *[tu] Tienes
}
rewards-mine = Mis canjes
rewards-now = { $tone ->
    [usted] Ya puede
   *[tu] Ya puedes
}
rewards-later = Un poco más
rewards-missing = { $tone ->
    [usted] Le faltan { $amount }
   *[tu] Te faltan { $amount }
}
rewards-out-of-stock = Ahora no queda ninguna
rewards-not-begun = Aún no ha empezado
rewards-ended = Ya ha terminado
rewards-from = Desde { $amount }
rewards-back = Todas las recompensas
rewards-about-value = { $tone ->
    [usted] Un vale que descuenta { $amount } de su cuenta.
   *[tu] Un vale que descuenta { $amount } de tu compra.
}
rewards-about-voucher = { $tone ->
    [usted] Un vale que muestra al llegar.
   *[tu] Un vale que enseñas en caja.
}
rewards-about-experience = Es el { $at }.
rewards-about-pay = { $tone ->
    [usted] Pague una parte de su cuenta con lo que tiene.
   *[tu] Paga una parte de la compra con lo que tienes.
}
rewards-costs = Cuesta
rewards-after = { $tone ->
    [usted] Le quedan
   *[tu] Te quedan
}
rewards-redeem = Canjear
rewards-redeem-hint = { $tone ->
    [usted] Aún podrá confirmarlo o dejarlo.
   *[tu] Todavía podrás confirmarlo o dejarlo.
}
rewards-at-the-till = { $tone ->
    [usted] Dígalo al pagar y muestre su tarjeta: se descuenta en ese momento.
   *[tu] Dilo al pagar y enseña tu tarjeta: se descuenta en el momento.
}
rewards-instead-of = En vez de
rewards-share = { $tone ->
    [usted] Compártalo con alguien
   *[tu] Compártelo con alguien
}
rewards-share-words = { $tone ->
    [usted] Mire: { $reward }, en { $brand }
   *[tu] Mira: { $reward }, en { $brand }
}
rewards-shared-own = Verlo en mis recompensas
rewards-shared-lead = Es una recompensa de { $brand } para quienes se apuntan.
rewards-tier-held = { $tone ->
    [usted] Ya tiene este nivel o uno más alto
   *[tu] Ya tienes este nivel o uno más alto
}
rewards-about-donation = Donamos { $amount } a { $to }.
rewards-about-invoice = { $tone ->
    [usted] Descontamos { $amount } de su próxima factura.
   *[tu] Descontamos { $amount } de tu próxima factura.
}
rewards-about-tier = { $tone ->
    [usted] Desde que lo canjee tiene el nivel { $tier } durante { $lasts }. Después decide lo que haya conseguido hasta entonces.
   *[tu] Desde que lo canjees tienes el nivel { $tier } durante { $lasts }. Después decide lo que hayas conseguido hasta entonces.
}
rewards-filter = Qué ver
rewards-kind = { $kind ->
    [now] { $tone ->
        [usted] Ya puede
       *[tu] Ya puedes
    }
    [product] Productos
    [voucher] Vales
    [part_payment] Pagar con puntos
    [experience] Experiencias
    [donation] Donar
    [invoice_credit] En factura
    [tier_boost] Subir de nivel
   *[all] Todo
}
rewards-none-here = De esto no hay nada ahora mismo.
rewards-give = Regalar a otra persona
