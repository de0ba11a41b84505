# Lo que imprime la caja debajo del total.
pos-change = { $side ->
    [pending] { $points } { $point_type }, disponibles más adelante
   *[other] { $points } { $point_type }
}
pos-nothing = Esta vez no hay puntos
pos-balance = Tienes { $points } { $point_type }
pos-tier = Ya eres { $tier }
