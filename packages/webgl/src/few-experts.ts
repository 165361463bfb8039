/**
 * Up to so many experts a number that needs something of its token's others finds it itself; of more experts a program before
 * it finds it once for the token. Starting a program and compiling it costs more than a few numbers that are looked at twice.
 */
export const FEW_EXPERTS = 16;
