# El aspecto de una marca, antes de guardarlo.
brand-kit-lead = Cómo se ve y cómo habla cada marca, y qué se puede mejorar.
brand-kit-none = Todavía no hay marcas.
brand-kit-no-portal = Sin portal
brand-kit-found = { $n ->
    [0] Nada que mejorar
    [one] 1 cosa que mejorar
   *[other] { $number } cosas que mejorar
}
brand-kit-one-lead = Cambie un valor y mírelo en todas partes. Nada cambia para los socios hasta que lo guarde.
brand-kit-saved = Guardado. Los socios ya lo ven así.
brand-kit-surfaces = Así se ve
brand-kit-surface = { $surface ->
    [portal] El portal de día
    [portal-dark] El portal de noche
    [ticket] Un vale y un formulario
    [letter] Una carta por correo
   *[console] La consola
}
brand-kit-fine = Los contrastes llegan y no se confunde con otra marca.
brand-kit-finding = { $code ->
    [contrast] Se lee mal: poco contraste
    [missing] Falta el símbolo
    [same] De noche se ve como de día
    [alike] Su color se confunde con el de otra marca
   *[other] Se puede mejorar
}
brand-kit-blocks = No se puede usar
brand-kit-mend = Mejor:
brand-kit-palette = { $palette ->
    [light] Colores de día
   *[dark] Colores de noche
}
brand-kit-colour = { $colour ->
    [accent] Acento
    [accent_ink] Texto sobre el acento
    [link] Enlaces
    [paper] Página
    [surface] Superficie
    [tint] Fondo de imágenes
    [ink] Texto
    [muted] Texto secundario
    [line] Líneas
    [card] Tarjeta
    [card_ink] Texto de la tarjeta
   *[card_muted] Texto menor de la tarjeta
}
brand-kit-corner = { $corner ->
    [panel] Esquinas de paneles (px)
    [button] Esquinas de botones (px)
   *[card] Esquinas de la tarjeta (px)
}
brand-kit-tone = Trato
brand-kit-tone-of = { $tone ->
    [tu] De tú
   *[usted] De usted
}
brand-kit-check = Comprobar y ver
brand-kit-keep = Lo que cambia
brand-kit-blocked = Así no se podría leer: corrija primero lo que está marcado arriba.
brand-kit-save = Guardar
brand-kit-back = Volver a lo guardado
brand-kit-letter = { $tone ->
    [usted] Tiene algo esperándole en { $brand }.
   *[tu] Tienes algo esperándote en { $brand }.
}
brand-kit-letter-why = Así se despide cada carta y dice por qué llega.
