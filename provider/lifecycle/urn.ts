import type { Bag } from "./arguments";

/** The resource's, as its class hands it over; empty: it is not known. */
export function urnIn({ resourceUrn }: Bag): string {
	return String(resourceUrn ?? "");
}

/** The resource's name in the program. */
export function nameIn(urn: string): string {
	return urn.split("::").at(-1) ?? urn;
}
