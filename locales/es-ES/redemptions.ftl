# Canjear, confirmar y deshacer.
redemptions-title = Mis canjes
redemptions-none = Todavía no hay ninguno.
redemptions-back = Mis canjes
redemptions-state = { $state ->
    [reserved] Por confirmar
    [captured] Canjeado
    [cancelled] Deshecho
    [lapsed] Se pasó el plazo para confirmar
   *[other] { $state }
}
redemptions-confirm-lead = { $tone ->
    [usted] Hemos apartado { $amount }. ¿Lo confirma?
   *[tu] Hemos apartado { $amount }. ¿Lo confirmas?
}
redemptions-set-aside = Apartados
redemptions-kept-until = Se guardan hasta
redemptions-confirm = Confirmar el canje
redemptions-leave = Dejarlo
redemptions-done = { $tone ->
    [usted] Hecho. Su vale está listo.
   *[tu] Hecho. Tu vale está listo.
}
redemptions-done-product = { $tone ->
    [usted] Hecho. Es suyo: muestre el código en caja y se lo entregan.
   *[tu] Hecho. Es tuyo: enseña el código en caja y te lo entregan.
}
redemptions-done-experience = { $tone ->
    [usted] Hecho. Tiene su plaza: muestre el código a la entrada.
   *[tu] Hecho. Tienes tu plaza: enseña el código a la entrada.
}
redemptions-done-bill = { $tone ->
    [usted] Con estos puntos pagó parte de una compra.
   *[tu] Con estos puntos pagaste parte de una compra.
}
redemptions-done-handed = { $tone ->
    [usted] Se lo entregaron al canjearlo.
   *[tu] Te lo entregaron al canjearlo.
}
redemptions-used = Ya se ha usado.
redemptions-over = Pasó el plazo para usarlo.
redemptions-code-state = { $state ->
    [used] El código { $code } ya se usó.
    [expired] El código { $code } caducó sin usarse.
   *[other] El código { $code } ya no vale.
}
redemptions-show = { $tone ->
    [usted] Muestre este código. Sirve una vez.
   *[tu] Enseña este código en caja. Sirve una vez.
}
redemptions-until = Vale hasta el { $day }
redemptions-barcode = Código de barras del vale { $code }
redemptions-paid = Canjeados
redemptions-undo = Deshacer el canje
redemptions-undo-hint = { $tone ->
    [usted] Mientras no se use, puede deshacerlo y lo recupera todo.
   *[tu] Mientras no lo uses, puedes deshacerlo y lo recuperas todo.
}
redemptions-back-again = { $tone ->
    [usted] Vuelve a tener { $amount }, con la misma caducidad que antes.
   *[tu] Vuelves a tener { $amount }, con la misma caducidad que antes.
}
redemptions-others = Ver otras recompensas
redemptions-done-tier = { $tone ->
    [usted] Hecho. Ya tiene su nuevo nivel.
   *[tu] Hecho. Ya tienes tu nuevo nivel.
}
redemptions-done-donation = { $tone ->
    [usted] Gracias. Lo donamos en su nombre; hasta entonces puede deshacerlo.
   *[tu] Gracias. Lo donamos en tu nombre; hasta entonces puedes deshacerlo.
}
redemptions-donated = La donación está hecha. Gracias.
redemptions-done-invoice = { $tone ->
    [usted] Hecho. Lo verá en su próxima factura; hasta entonces puede deshacerlo.
   *[tu] Hecho. Lo verás en tu próxima factura; hasta entonces puedes deshacerlo.
}
redemptions-credited = Está descontado en una factura.
