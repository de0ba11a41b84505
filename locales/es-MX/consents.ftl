# Lo que en México se dice de otro modo.
consents-always = { $tone ->
    [usted] Los avisos sobre su cuenta, como los códigos para entrar o los puntos por vencer, llegan siempre.
   *[tu] Los avisos sobre tu cuenta, como los códigos para entrar o los puntos por vencer, llegan siempre.
}
