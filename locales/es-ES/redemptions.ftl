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
redemptions-used = Este vale ya se ha usado.
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
