# Cómo funciona y ayuda.
help-program = Cómo funciona
help-earn = Qué suma
help-worth = Cuánto vale y hasta cuándo
help-per-amount = { $amount } por cada { $per }
help-per-unit = { $amount } por unidad
help-worth-line = 100 { $name } valen { $money }.
help-ends-never = No caducan.
help-ends-days = { $n ->
    [one] Caducan al día siguiente.
   *[other] Caducan { $number } días después de conseguirlos.
}
help-ends-months = { $n ->
    [one] Caducan un mes después de conseguirlos.
   *[other] Caducan { $number } meses después de conseguirlos.
}
help-ends-hours = { $n ->
    [one] Caducan a la hora de conseguirlos.
   *[other] Caducan { $number } horas después de conseguirlos.
}
help-lead = { $tone ->
    [usted] ¿En qué podemos ayudarle?
   *[tu] ¿Qué necesitas?
}
help-why-none = ¿Por qué una compra no ha sumado nada?
help-why-none-answer = { $tone ->
    [usted] Abra Actividad y elija la compra: ahí está la razón, regla por regla.
   *[tu] Abre Actividad y elige la compra: ahí está la razón, regla por regla.
}
help-when-ends = ¿Cuándo caduca lo que tengo?
help-when-ends-answer = { $tone ->
    [usted] En Actividad está la fecha de cada parte; lo primero que caduca es lo primero que se gasta.
   *[tu] En Actividad tienes la fecha de cada parte; lo primero que caduca es lo primero que se gasta.
}
help-how-redeem = ¿Cómo canjeo?
help-how-redeem-answer = { $tone ->
    [usted] Elija una recompensa, confírmela y muestre el código. Mientras no se use, puede deshacerlo.
   *[tu] Elige una recompensa, confírmala y enseña el código. Mientras no lo uses, puedes deshacerlo.
}
help-lost-card = ¿Y si no llevo la tarjeta?
help-lost-card-answer = { $tone ->
    [usted] Basta su correo, su teléfono o una tarjeta antigua.
   *[tu] Vale con tu correo, tu teléfono o una tarjeta antigua.
}
help-leave = ¿Puedo darme de baja?
help-leave-answer = { $tone ->
    [usted] Cuando quiera. Pídalo en cualquier tienda o por correo; borramos sus datos y se lo confirmamos.
   *[tu] Cuando quieras. Pídelo en cualquier tienda o por correo; borramos tus datos y te lo confirmamos.
}
