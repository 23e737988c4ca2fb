import { findCheapest } from "./search";
import type { Facts, World } from "./world";

/** The codes that docs/errors.md gives to the refusals of §4 after the search. */
export type LateRefusal =
	| "SR1020"
	| "SR1021"
	| "SR1022"
	| "SR1023"
	| "SR1024"
	| "SR1025"
	| "SR1026"
	| "SR1027"
	| "SR1028";

/**
 * §4 "no legal path; the refusal names the nearest cause (operation not advertised, feature gate …, target not
 * consistent, source not consistent, target not usable, association must stay, the kept end would lose old writes)": the
 * first of these without which alone there would be a path; SR1026 if it takes more than one, or something else.
 */
export function nearestCauseOf(world: World, facts: Facts): LateRefusal {
	const cause = causes.find(([, lift]) =>
		lift(facts).some((lifted) => findCheapest({ ...world, ...lifted.world }, { ...facts, ...lifted.facts }) !== null),
	);
	return cause === undefined ? "SR1026" : cause[0];
}

interface Lifted {
	readonly facts?: Partial<Facts>;
	readonly world?: Partial<World>;
}

/** How each can be taken away; any of the ways will do. */
const causes: readonly (readonly [LateRefusal, (facts: Facts) => Lifted[]])[] = [
	["SR1020", () => [{ facts: { advertised: null } }]],
	// The feature gate that the paper spells out has a code of its own, and 16 is "association must stay".
	["SR1021", ({ features }) => [without(features, [19])]],
	[
		"SR1022",
		({ features }) =>
			everySubset([...features].filter((feature) => feature !== 16)).map((some) => without(features, some)),
	],
	["SR1023", () => [{ world: { targetConsistent: null } }]],
	["SR1027", () => [{ world: { sourceConsistent: null } }]],
	["SR1028", () => [{ facts: { usable: { source: true, target: true } } }]],
	["SR1024", ({ features }) => [without(features, [16])]],
	["SR1025", () => [{ facts: { keptEnd: null } }]],
];

function without(features: ReadonlySet<number>, some: readonly number[]): Lifted {
	return { facts: { features: new Set([...features].filter((feature) => !some.includes(feature))) } };
}

/** A gate may take several features (29 to 33 name states together), and one may open what another closes. */
function everySubset(features: readonly number[]): number[][] {
	const [first, ...others] = features;
	return first === undefined ? [[]] : everySubset(others).flatMap((some) => [some, [first, ...some]]);
}
