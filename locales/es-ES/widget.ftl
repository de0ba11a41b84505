# Lo que da una cesta, en la tienda de la marca.
widget-earns = { $tone ->
    [usted] Con esta compra consigue { $amount }.
   *[tu] Con esta compra consigues { $amount }.
}
widget-would-earn = { $tone ->
    [usted] Si se apunta, con esta compra consigue { $amount }.
   *[tu] Si te apuntas, con esta compra consigues { $amount }.
}
widget-worth = Valen { $worth }.
widget-have = { $tone ->
    [usted] Ahora tiene { $amount }.
   *[tu] Ahora tienes { $amount }.
}
widget-nothing = Esta compra no da nada.
widget-join = { $tone ->
    [usted] Apuntarse gratis
   *[tu] Apúntate gratis
}
widget-open = { $tone ->
    [usted] Ver lo que tiene
   *[tu] Ver lo que tienes
}
