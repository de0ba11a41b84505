# El inicio.
home-card = { $tone ->
    [usted] Su tarjeta
   *[tu] Tu tarjeta
}
home-hello = { $tone ->
    [usted] Buenos días, { $name }
   *[tu] Hola, { $name }
}
home-hello-nameless = { $tone ->
    [usted] Le damos la bienvenida
   *[tu] Hola
}
home-worth = valen
home-until = hasta el { $day }
home-towards = camino de { $tier }
home-no-tier = Primer nivel
home-my-card = { $tone ->
    [usted] Mostrar mi tarjeta
   *[tu] Enseñar mi tarjeta
}
home-barcode = Código de barras de la tarjeta { $number }
home-missing = { $tone ->
    [usted] Le faltan
   *[tu] Te faltan
}
home-missing-for = para
home-next-tier = { $tone ->
    [usted] Le quedan { $missing } para el nivel { $tier }
   *[tu] Te quedan { $missing } para el nivel { $tier }
}
home-next-rule = { $tone ->
    [usted] Para acumular más: { $rule }
   *[tu] Para sumar más: { $rule }
}
home-ends = { $amount } caducan tras el { $day }
home-can = { $tone ->
    [usted] Ya puede disfrutar de
   *[tu] Ya puedes
}
home-can-nothing = { $tone ->
    [usted] Todavía nada, pero ya está en camino.
   *[tu] Todavía nada, pero ya estás en camino.
}
home-all-rewards = Ver todas
home-latest = { $tone ->
    [usted] Últimos movimientos
   *[tu] Lo último
}
home-all-movements = Ver todos
home-nothing-yet = { $tone ->
    [usted] Aquí aparecerá su primera compra, con lo que ha sumado y por qué.
   *[tu] Aquí saldrá tu primera compra, con lo que ha sumado y por qué.
}
home-no-program = Este programa aún no está en marcha.
home-welcome = { $tone ->
    [usted] Lo que nos da, vuelve a usted
   *[tu] Lo que compras, vuelve a ti
}
home-welcome-lead = { $tone ->
    [usted] Acumule con cada estancia y elija cómo disfrutarlo. Sin letra pequeña: cada movimiento dice por qué.
   *[tu] Suma con cada compra y elige qué hacer con ello. Sin letra pequeña: cada movimiento dice por qué.
}
home-welcome-rewards = Esto es lo que hay
home-as-of = Saldo a { $at }
home-offline = { $tone ->
    [usted] Sin conexión puede seguir enseñando esta tarjeta. El saldo es el de la última vez que hubo red.
   *[tu] Sin conexión puedes seguir enseñando esta tarjeta. El saldo es el de la última vez que hubo red.
}
