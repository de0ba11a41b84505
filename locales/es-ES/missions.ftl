# Primeros pasos: lo que hace quien acaba de apuntarse, cada cosa una vez, con los puntos que dan las reglas.
missions-title = { $tone ->
    [usted] Sus primeros pasos
   *[tu] Tus primeros pasos
}
missions-lead = { $tone ->
    [usted] Unos minutos, cuando quiera. Cada paso cuenta una vez.
   *[tu] Unos minutos, cuando quieras. Cada paso cuenta una vez.
}
missions-over = El tiempo de los primeros pasos ha pasado: lo hecho, hecho está.
missions-none = { $tone ->
    [usted] Ahora mismo no hay pasos para usted.
   *[tu] Ahora mismo no hay pasos para ti.
}
missions-home = Ir a inicio
missions-all = Ver todos
missions-back = Volver a los pasos
missions-so-far = { $done } de { $all } hechos
missions-once = Cada paso cuenta una vez por persona, durante noventa días desde el primero.
missions-all-give = Y al completarlos todos, { $amount } más.
missions-kept = Guardado.
missions-done = Hecho
missions-posting = En camino
missions-before = { $tone ->
    [usted] Ya lo hizo antes
   *[tu] Ya lo hiciste antes
}
missions-badge = Primeros pasos completos
missions-badge-on = El { $day }
missions-step-profile = { $tone ->
    [usted] Diga cómo se llama
   *[tu] Di cómo te llamas
}
missions-step-tastes = ¿Esto o aquello?
missions-step-goal = { $tone ->
    [usted] Elija su meta
   *[tu] Elige tu meta
}
missions-step-card = { $tone ->
    [usted] Abra su tarjeta
   *[tu] Abre tu tarjeta
}
missions-step-purchase = { $tone ->
    [usted] Su primera compra
   *[tu] Tu primera compra
}
missions-step-all = Todos los pasos
missions-about-profile = { $tone ->
    [usted] Para saludarle por su nombre.
   *[tu] Para saludarte por tu nombre.
}
missions-about-tastes = { $tone ->
    [usted] De cada pareja, quédese con una.
   *[tu] De cada pareja, quédate con una.
}
missions-about-goal = { $tone ->
    [usted] En inicio verá cuánto le falta.
   *[tu] En inicio verás cuánto te falta.
}
missions-about-card = { $tone ->
    [usted] Téngala a mano, también sin conexión.
   *[tu] Tenla a mano, también sin conexión.
}
missions-about-purchase = { $tone ->
    [usted] Enseñe la tarjeta al pagar; así cuentan las compras.
   *[tu] Enseña la tarjeta al pagar; así cuentan las compras.
}
missions-no-rewards = Ahora mismo no hay recompensas entre las que elegir.
missions-tastes-lead = { $tone ->
    [usted] ¿Con cuál se queda?
   *[tu] ¿Con cuál te quedas?
}
missions-round = Pareja { $at } de { $all }
missions-tastes-keep = { $tone ->
    [usted] Estas prefiero
   *[tu] Me quedo con estas
}
missions-tastes-why = { $tone ->
    [usted] Solo sirve para enseñarle primero lo que prefiere. Puede cambiarlo cuando quiera.
   *[tu] Solo sirve para enseñarte primero lo que prefieres. Puedes cambiarlo cuando quieras.
}
missions-tastes-none = { $tone ->
    [usted] Elija al menos una.
   *[tu] Elige al menos una.
}
missions-goal-lead = { $tone ->
    [usted] ¿Qué quiere conseguir? Le diremos siempre cuánto falta.
   *[tu] ¿Qué quieres conseguir? Te diremos siempre cuánto falta.
}
missions-goal-keep = Esta es mi meta
missions-goal-none = Sin meta
missions-goal-missing = { $tone ->
    [usted] Elija una recompensa de la lista.
   *[tu] Elige una recompensa de la lista.
}
missions-desk-lead = Los primeros pasos de quien se apunta, y si sirven para que compre más.
missions-desk-none = No hay pasos. Ábralos abajo y diga en las reglas del programa cuántos puntos da cada uno.
missions-nobody = Todavía no se ha apuntado nadie desde que los hay.
missions-saved = Guardado.
missions-range = La parte que no los ve va de 0 a 50 %.
missions-funnel = Hasta dónde llegan
missions-head-mission = Paso
missions-head-members = Socios
missions-head-share = De quienes los ven
missions-groups = Los ven { $shown }; no los ven, para comparar, { $holdout }.
missions-people = Quiénes los ven
missions-people-holdout = Quiénes no los ven
missions-people-none = Nadie.
missions-more = Más
missions-head-member = Socio
missions-head-since = Desde
missions-head-done = Hecho
missions-outcomes = ¿Compran más?
missions-outcomes-hint = Cuántos compraron dentro de tantos días desde que llegaron, entre quienes ya los cumplieron. La diferencia va en puntos porcentuales, con su intervalo del 95 %.
missions-out-days = Días
missions-out-shown = Los ven
missions-out-holdout = No los ven
missions-out-difference = Diferencia
missions-out-spent = Gasto medio, los ven / no
missions-out-word = Qué se puede decir
missions-word-none = Todavía nada: falta gente
missions-word-positive = Compran más
missions-word-negative = Compran menos
missions-word-open = No concluyente
missions-settings = Cómo funcionan
missions-rules-hint = Los puntos de cada paso los dan las reglas del programa:
missions-open = Hay primeros pasos para quien se apunta
missions-holdout = Parte que no los ve, en %
missions-holdout-hint = De 0 a 50. Sin ella nadie sabe si sirven. Quien ya cayó en un grupo sigue en él.
missions-save = Guardar
