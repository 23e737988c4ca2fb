/** What an array makes of an operation: it takes it, or it answers with a code and does nothing. */
export type Taken = { readonly taken: true } | { readonly taken: false; readonly returnCode: number };
