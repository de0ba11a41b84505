# Lo mismo que en es-ES.
