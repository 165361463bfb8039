/**
 * Whether the program is being developed, as it is wherever no bundler sets the condition `production`.
 *
 * What only a program can get wrong, and every run of it would show (a definition without its functions, a layer in a place
 * where it cannot stand), is checked where this is true. What depends on data, options or a saved model is checked always.
 */
export const development: boolean = true;
