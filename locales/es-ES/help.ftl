# Cómo funciona y ayuda.
help-program = Cómo funciona
help-earn = Qué suma
help-worth = Cuánto vale y hasta cuándo
help-per-amount = { $amount } por cada { $per }
help-per-unit = { $amount } por unidad
help-worth-line = 100 { $name } valen { $money }.
help-ends-never = No caducan.
help-ends-earned = Caducan { $term } después de conseguirlos.
help-ends-activity = Caducan { $term } después de la última vez que sumas; cada vez que sumas se alarga el plazo de todos.
help-ends-round = { $per ->
    [day] El plazo llega siempre hasta el final de ese día.
    [week] El plazo llega siempre hasta el final de esa semana.
    [month] El plazo llega siempre hasta el final de ese mes.
    [quarter] El plazo llega siempre hasta el final de ese trimestre.
   *[other] El plazo llega siempre hasta el final de ese año.
}
help-ends-tier = Con el nivel { $tier } duran { $term }.
help-ends-tier-never = Con el nivel { $tier } no caducan.
help-ends-upgrade = Al subir de nivel se alargan también los que ya hay.
help-only = Solo en: { $list }.
help-not = Salvo en: { $list }.
help-condition = Solo cuando se cumple su condición; cada movimiento dice por qué.
help-only-when = Solo cuando { $when }.
help-nth = { $per ->
    [ever] { $n ->
        [one] Solo la primera vez.
       *[other] Solo la vez número { $number }.
    }
    [day] Solo la vez número { $number } de cada día.
    [week] Solo la vez número { $number } de cada semana.
    [month] Solo la vez número { $number } de cada mes.
    [quarter] Solo la vez número { $number } de cada trimestre.
   *[other] Solo la vez número { $number } de cada año.
}
help-every-nth = { $per ->
    [ever] Una de cada { $number } veces.
    [day] Una de cada { $number } veces del mismo día.
    [week] Una de cada { $number } veces de la misma semana.
    [month] Una de cada { $number } veces del mismo mes.
    [quarter] Una de cada { $number } veces del mismo trimestre.
   *[other] Una de cada { $number } veces del mismo año.
}
help-cap = { $per ->
    [ever] Como mucho { $amount } en total.
    [day] Como mucho { $amount } al día.
    [week] Como mucho { $amount } a la semana.
    [month] Como mucho { $amount } al mes.
    [quarter] Como mucho { $amount } al trimestre.
   *[other] Como mucho { $amount } al año.
}
help-cap-times = { $per ->
    [ever] Cuenta { $n ->
        [one] una vez
       *[other] { $number } veces
    } en total.
    [day] Hasta { $number } al día.
    [week] Hasta { $number } a la semana.
    [month] Hasta { $number } al mes.
    [quarter] Hasta { $number } al trimestre.
   *[other] Hasta { $number } al año.
}
help-budget = Hasta agotar lo previsto para todos.
help-until = Hasta el { $day }.
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
    [usted] Cuando quiera: en Yo, «Darse de baja». Borramos sus datos y se lo confirmamos.
   *[tu] Cuando quieras: en Yo, «Darme de baja». Borramos tus datos y te lo confirmamos.
}
help-privacy-contact = { $tone ->
    [usted] ¿Preguntas sobre sus datos?
   *[tu] ¿Preguntas sobre tus datos?
}
help-privacy-version = Texto del { $version }
help-search = { $tone ->
    [usted] Busque en la ayuda
   *[tu] Busca en la ayuda
}
help-search-act = Buscar
help-nothing = No hay ninguna pregunta sobre «{ $q }».
help-all = Ver todas las preguntas
help-people = Hablar con nosotros
help-people-sign-in = { $tone ->
    [usted] Entre en su cuenta para escribirnos desde aquí
   *[tu] Entra en tu cuenta para escribirnos desde aquí
}
help-people-email = Correo
help-people-phone = Teléfono
help-why-none-words = no suma sumado sumó compra ticket recibo falta faltan razón cero ayer
help-when-ends-words = caducidad caducan vencen vencimiento vigencia expiran fecha perder
help-how-redeem-words = canje cupón vale premio recompensa regalo usar gastar
help-undo = ¿Puedo deshacer un canje?
help-undo-answer = { $tone ->
    [usted] Sí, mientras el código no se haya usado: ábralo en Recompensas y pulse Deshacer. Los puntos vuelven con la fecha que tenían.
   *[tu] Sí, mientras el código no se haya usado: ábrelo en Recompensas y pulsa Deshacer. Los puntos vuelven con la fecha que tenían.
}
help-undo-words = anular cancelar devolver arrepentir error equivocado
help-pending = ¿Por qué tengo puntos pendientes?
help-pending-answer = { $tone ->
    [usted] Algunas compras suman cuando pasa el plazo de devolución. En Actividad está el día en que podrá gastarlos.
   *[tu] Algunas compras suman cuando pasa el plazo de devolución. En Actividad tienes el día en que podrás gastarlos.
}
help-pending-words = pendientes retenidos espera disponibles
help-level = ¿Cómo subo de nivel?
help-level-answer = { $tone ->
    [usted] En Nivel está lo que le falta y hasta cuándo cuenta; «Planear» le propone cómo llegar con lo que suele comprar.
   *[tu] En Nivel tienes lo que te falta y hasta cuándo cuenta; «Planear» te propone cómo llegar con lo que sueles comprar.
}
help-level-words = nivel categoría estatus subir plata oro platino ventajas
help-lost-card-words = perdí perdida olvidé robada tarjeta número móvil
help-two-accounts = Tengo dos cuentas, ¿puedo juntarlas?
help-two-accounts-answer = { $tone ->
    [usted] Sí. Escríbanos desde aquí con los dos números: comprobamos que las dos son suyas y lo juntamos todo, sin perder nada.
   *[tu] Sí. Escríbenos desde aquí con los dos números: comprobamos que las dos son tuyas y lo juntamos todo, sin perder nada.
}
help-two-accounts-words = dos cuentas juntar unir fusionar duplicada repetida
help-email = ¿Cómo cambio mi correo?
help-email-answer = { $tone ->
    [usted] En Yo, «Cambiar de correo»: confirmamos el nuevo con un código y avisamos al antiguo. Durante un día no se puede canjear, por seguridad.
   *[tu] En Yo, «Cambiar de correo»: confirmamos el nuevo con un código y avisamos al antiguo. Durante un día no se puede canjear, por seguridad.
}
help-email-words = correo email dirección cambiar modificar
help-letters = ¿Cómo dejo de recibir publicidad?
help-letters-answer = { $tone ->
    [usted] Con el enlace al pie de cualquier correo, o en Yo, «Permisos y preferencias». Sus puntos no cambian.
   *[tu] Con el enlace al pie de cualquier correo, o en Yo, «Permisos y preferencias». Tus puntos no cambian.
}
help-letters-words = publicidad anuncios boletín spam avisos mensajes permisos consentimiento
help-leave-words = baja borrar eliminar cerrar cuenta datos olvidar
help-share = { $tone ->
    [usted] Compártalo con alguien
   *[tu] Compártelo con alguien
}
help-share-words = Así funciona el club de { $brand }
