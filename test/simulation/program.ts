import { groupById } from "../../provider/hosts/simulator/groups";
import type { World } from "../../provider/hosts/simulator/world";
import type { Bag } from "../../provider/lifecycle/arguments";
import type { End } from "../../provider/model/relationship";
import type { Consent } from "./printed";
import type { Declaration, Story } from "./story";

const timeouts = { transitionMinutes: 2, syncMinutes: 5, deleteMinutes: 2 };
export const groupNames = { source: "Sales", target: "Sales-DR" } as const;

/** How a program declares the pairs of a story: each as a resource of its own, or all of them as one of their groups. */
export interface Program {
	/** By URN. */
	declared(program: readonly (Declaration | null)[]): Map<string, Bag>;
	urnOf(pair: number, declared: Pick<Declaration, "renamed">): string;
	/** The pairs that a resource may steer. */
	pairsOf(urn: string): readonly number[];
	/** Those of which it wishes what it declares, as they are in the world now. */
	wishedOf(urn: string, declared: Declaration | null): readonly number[];
	/** What the program declares beside the pairs themselves is there. */
	isThere(): boolean;
	/** A consent told of disks. */
	ofDisks(consent: Consent): Consent;
}

export function programOf(story: Story, world: () => World): Program {
	return story.world.group === undefined ? new PairsProgram(story) : new GroupProgram(story, world);
}

export function diskOf({ world }: Story, pair: number, end: End): string {
	const name = world.pairs[pair]?.name ?? "";
	return end === "source" ? name : `${name}-DR`;
}

export function nameIn(urn: string): string {
	return urn.split("::").at(-1) ?? urn;
}

export class PairsProgram implements Program {
	constructor(private readonly story: Story) {}

	declared(program: readonly (Declaration | null)[]): Map<string, Bag> {
		return new Map(
			program.flatMap((declaration, pair): [string, Bag][] => {
				if (declaration === null) return [];
				const place = (end: End) => ({ host: hostOf(this.story, end), virtualDisk: diskOf(this.story, pair, end) });
				return resources(declaration, place, (renamed) => this.urnOf(pair, { renamed }));
			}),
		);
	}

	urnOf(pair: number, { renamed }: { readonly renamed?: boolean | undefined }): string {
		return urnOf("VirtualDiskReplication", this.story.world.pairs[pair]?.name ?? "", renamed);
	}

	pairsOf(urn: string): readonly number[] {
		const name = nameIn(urn).replace(/-2$/, "");
		return [this.story.world.pairs.findIndex((pair) => pair.name === name)];
	}

	wishedOf(urn: string): readonly number[] {
		return this.pairsOf(urn);
	}

	isThere(): boolean {
		return true;
	}

	ofDisks(consent: Consent): Consent {
		return consent;
	}
}

/** The declaration of the first pair is the group's. */
class GroupProgram implements Program {
	constructor(
		private readonly story: Story,
		private readonly world: () => World,
	) {}

	declared([declaration = null]: readonly (Declaration | null)[]): Map<string, Bag> {
		if (declaration === null) return new Map();
		const { pairs, ...given } = declaration;
		const place = (end: End) => ({ host: hostOf(this.story, end), group: groupNames[end] });
		const ends = declaration.swapped === true ? (["target", "source"] as const) : (["source", "target"] as const);
		const [source, target] = ends;
		const named = pairs?.map((pair) => ({
			source: diskOf(this.story, pair, source),
			target: diskOf(this.story, pair, target),
		}));
		const made = resources(given, place, (renamed) => this.urnOf(0, { renamed }));
		return new Map(
			made.map(([urn, bag]) => [urn, { ...bag, kind: "Group", ...(named === undefined ? {} : { pairs: named }) }]),
		);
	}

	urnOf(_pair: number, { renamed }: { readonly renamed?: boolean | undefined }): string {
		return urnOf("GroupReplication", groupNames.source, renamed);
	}

	pairsOf(): readonly number[] {
		return [...this.story.world.pairs.keys()];
	}

	wishedOf(_urn: string, declared: Declaration | null): readonly number[] {
		const changesPairs = declared?.state === "active" || declared?.state === "reversed";
		if (changesPairs && declared.pairs !== undefined) return declared.pairs;
		const members = this.membersOf("source");
		return this.story.world.pairs.flatMap((_, pair) =>
			members.includes(diskOf(this.story, pair, "source")) ? [pair] : [],
		);
	}

	isThere(): boolean {
		return (this.world().groupRelationships ?? []).length > 0;
	}

	ofDisks(consent: Consent): Consent {
		const losses = consent.losses.flatMap((loss) => {
			const end = loss.disk === groupNames.target ? "target" : "source";
			const pairs =
				loss.pairs === undefined
					? this.membersOf(end)
					: this.story.world.pairs.flatMap((_, pair) => {
							const source = diskOf(this.story, pair, "source");
							const isMeant = loss.pairs?.some((id) => [source, `${source}-DR`].some((name) => this.isOf(name, id)));
							return isMeant === true ? [diskOf(this.story, pair, end)] : [];
						});
			return pairs.map((disk) => ({ ...loss, disk }));
		});
		return { ...consent, losses };
	}

	private isOf(name: string, uniqueId: string): boolean {
		return this.world().disks.some((disk) => disk.name === name && disk.uniqueId === uniqueId);
	}

	/** Names of the disks in the group of this end. */
	private membersOf(end: End): readonly string[] {
		const world = this.world();
		const group = world.groups?.find(({ name }) => name === groupNames[end]);
		if (group === undefined) return [];
		const { members } = groupById(world, group.uniqueId);
		return world.disks.filter(({ uniqueId }) => members.includes(uniqueId)).map(({ name }) => name);
	}
}

/** One resource, or a second one of another name that declares the same. */
function resources(
	declaration: Declaration,
	place: (end: End) => Bag,
	urn: (renamed: boolean | undefined) => string,
): [string, Bag][] {
	const { swapped, renamed, twin, ...given } = declaration;
	const [source, target] = [place("source"), place("target")];
	const ends = swapped === true ? { source: target, target: source } : { source, target };
	const bag = { ...ends, timeouts, ...given, __provider: "text" };
	return [urn(renamed), ...(twin === true ? [urn(!renamed)] : [])].map((each) => [each, bag]);
}

function hostOf({ world }: Story, end: End): string {
	return world.layout === "oneHost" ? "both" : end === "source" ? "east" : "west";
}

function urnOf(type: string, name: string, renamed: boolean | undefined): string {
	return `urn:pulumi:dev::night::pulumi-nodejs:dynamic/storageReplication:${type}::${name}${renamed === true ? "-2" : ""}`;
}
