import type { GroupBehaviour } from "../../provider/hosts/simulator";
import { replicationCapabilitiesGetSupportedGroupFeaturesFeatures as features } from "../../provider/model/vocabulary/capabilities";
import type { Lot } from "./lot";
import type { Declaration, Move, WorldOfStory } from "./story";

/** A sequence that is known to matter where pairs are steered as one. */
export interface GroupMotif {
	readonly name: string;
	/** What the arrays do with groups for it. */
	readonly behaviour?: Partial<GroupBehaviour>;
	/** The last pair is in no group when it begins. */
	readonly leavesOneOut?: true;
	readonly moves: (lot: Lot, world: WorldOfStory) => readonly Move[];
}

const mend: Move = { move: "mend" };
const partial: Move = { move: "fault", fault: { kind: "partial", members: 1, times: 1 } };

export const groupMotifs: readonly GroupMotif[] = [
	{
		name: "a failover of a lost site takes only some, and the next run completes it",
		moves: (lot, world) => [
			up(lot, world),
			{ move: "fault", fault: { kind: "arrayLost", array: "east-array" } },
			partial,
			up(lot, world, { state: "failedOver", lost: "source" }, "asPrinted"),
			up(lot, world, { state: "failedOver", lost: "source" }, lot.pick(["asPrinted", "old"])),
			mend,
			up(lot, world, {}, "asPrinted"),
		],
	},
	{
		name: "a planned failover takes only some, and everything is brought back",
		moves: (lot, world) => [
			up(lot, world),
			partial,
			up(lot, world, { state: "failedOver" }, "asPrinted"),
			writes(lot, world, "target"),
			writes(lot, world, "source"),
			up(lot, world, { state: lot.pick(["failedOver", "active"]) }, lot.pick(["nothing", "asPrinted"])),
			up(lot, world, { state: "active" }, lot.pick(["nothing", "asPrinted"])),
		],
	},
	{
		name: "roles are reversed of some, and somebody writes where they were",
		moves: (lot, world) => [
			up(lot, world),
			partial,
			up(lot, world, { state: "reversed" }, "asPrinted"),
			writes(lot, world, "source"),
			writes(lot, world, "target"),
			up(lot, world, { state: lot.pick(["reversed", "active", "suspended"]) }, "asPrinted"),
			up(lot, world, { state: lot.pick(["reversed", "failedOver"]) }, "asPrinted"),
		],
	},
	{
		name: "one member's copy takes writes of its own, and the group is copied again",
		moves: (lot, world) => [
			up(lot, world),
			up(lot, world, { state: "split" }),
			writes(lot, world, "target"),
			up(lot, world, {}, lot.pick(["nothing", "old"])),
			up(lot, world, {}, "asPrinted"),
		],
	},
	{
		name: "a step takes only some, and their copies take writes before the next one",
		moves: (lot, world) => [
			up(lot, world),
			partial,
			up(lot, world, { state: lot.pick(["split", "suspended"]) }),
			writes(lot, world, "target"),
			writes(lot, world, "target"),
			up(lot, world, { state: lot.pick(["active", "split", "reversed"]) }, lot.pick(["nothing", "asPrinted"])),
			up(lot, world, {}, "asPrinted"),
		],
	},
	{
		name: "a copy of one member takes writes while it stands still, against its role",
		moves: againstItsRole,
	},
	{
		name: "a copy of one that is not shown takes writes while it stands still, against its role",
		behaviour: { features: [features.EmptyReplicationGroupsAllowed, features.NoElementLevelStorageSynchronized] },
		moves: againstItsRole,
	},
	{
		name: "the link breaks, one copy takes writes against its role, and none any more when it is back",
		moves: (lot, world) => {
			const pair = world.pairs.length - 1;
			return [
				up(lot, world),
				{ move: "fault", fault: { kind: "linkDown", arrays: ["east-array", "west-array"] } },
				{ move: "fault", fault: { kind: "writable", disk: `${world.pairs[pair]?.name}-DR` } },
				{ move: "write", pair, count: 2, end: "target" },
				up(lot, world),
				mend,
				up(lot, world),
				up(lot, world, {}, "asPrinted"),
			];
		},
	},
	{
		name: "a pair whose copy took writes comes into the group, and no Access tells of them",
		behaviour: {
			features: [features.EmptyReplicationGroupsAllowed, features.AddOrRemoveToGroupRequiresSuspendedState],
		},
		leavesOneOut: true,
		moves: (lot, world) => {
			const pair = world.pairs.length - 1;
			return [
				...world.pairs.map(({ name }): Move => ({ move: "fault", fault: { kind: "writable", disk: `${name}-DR` } })),
				up(lot, world),
				up(lot, world, { state: "suspended" }),
				{ move: "stranger", stranger: { act: "alone", pair, operation: "Suspend" } },
				{ move: "wait", ms: 10_000 },
				{ move: "write", pair, count: 2, end: "target" },
				{ move: "stranger", stranger: { act: "regroup", pair } },
				up(lot, world),
				up(lot, world, {}, "asPrinted"),
			];
		},
	},
	{
		name: "the group says what its members are not",
		moves: (lot, world) => [
			up(lot, world),
			{ move: "groupSays", copyState: lot.pick(["Failedover", "Mixed", "Suspended", "Synchronized"]) },
			up(lot, world, { state: lot.pick(["failedOver", "reversed", "split"]) }, "asPrinted"),
			up(lot, world, { state: lot.pick(["failedOver", "active"]) }, "asPrinted"),
			...(lot.chance(0.5) ? [mend] : []),
		],
	},
	{
		name: "only some are failed over, and the array fails back all",
		behaviour: { failsBackAll: true },
		moves: (lot, world) => [
			up(lot, world),
			partial,
			up(lot, world, { state: "failedOver" }, "asPrinted"),
			...world.pairs.map((_, pair): Move => ({ move: "write", pair, count: 2, end: "source" })),
			up(lot, world, { state: lot.pick(["active", "reversed"]) }, lot.pick(["nothing", "old", "asPrinted"])),
		],
	},
	{
		name: "another program declares the pairs of the group",
		moves: (lot, world) => [
			up(lot, world),
			...(lot.chance(0.5) ? [up(lot, world, { state: lot.pick(["suspended", "split"]) })] : []),
			{
				move: "otherUp",
				alone: true,
				program: world.pairs.map(() => ({
					state: lot.pick(["active", "suspended", "reversed", "failedOver", "split"]),
				})),
				approve: "asPrinted",
				cut: null,
			},
			up(lot, world, {}, "asPrinted"),
		],
	},
	{
		name: "the relationship of the groups is gone, that of their pairs is not",
		moves: (lot, world) => [
			up(lot, world),
			{ move: "stranger", stranger: { act: "ungroup", pair: 0 } },
			writes(lot, world, "source"),
			up(lot, world, {}, "asPrinted"),
		],
	},
	{
		name: "a pair leaves, takes writes at its copy, and comes back",
		moves: (lot, world) => {
			const all = [...world.pairs.keys()];
			const left = lot.upTo(all.length - 1);
			return [
				up(lot, world, { pairs: all }, "asPrinted"),
				up(lot, world, { pairs: all.filter((pair) => pair !== left) }),
				{ move: "stranger", stranger: { act: "alone", pair: left, operation: lot.pick(["Suspend", "Split"]) } },
				{ move: "write", pair: left, count: 3, end: "target" },
				{ move: "stranger", stranger: { act: "alone", pair: left, operation: "ResyncReplica" } },
				up(lot, world, { pairs: all }, lot.pick(["nothing", "asPrinted"])),
				up(lot, world, { state: lot.pick(["split", "reversed", "failedOver"]), pairs: all }, "asPrinted"),
			];
		},
	},
];

function againstItsRole(lot: Lot, world: WorldOfStory): readonly Move[] {
	return [
		up(lot, world),
		up(lot, world, { state: "suspended" }),
		{ move: "fault", fault: { kind: "writable", disk: `${nameOf(lot, world)}-DR` } },
		...world.pairs.map((_, pair): Move => ({ move: "write", pair, count: 2, end: "target" })),
		up(lot, world, {}, lot.pick(["nothing", "asPrinted"])),
	];
}

function up(
	lot: Lot,
	world: WorldOfStory,
	declared: Partial<Declaration> = {},
	approve: Extract<Move, { move: "up" }>["approve"] = "nothing",
): Move {
	const declaration: Declaration = { state: "active", ...declared };
	return {
		move: "up",
		program: world.pairs.map(() => declaration),
		approve,
		cut: null,
		meanwhile: { writeEvery: lot.pick([0, 0, 2, 5]) },
		between: null,
	};
}

function writes(lot: Lot, world: WorldOfStory, end: "source" | "target"): Move {
	return { move: "write", pair: lot.upTo(world.pairs.length - 1), count: 1 + lot.upTo(3), end };
}

function nameOf(lot: Lot, { pairs }: WorldOfStory): string {
	return pairs[lot.upTo(pairs.length - 1)]?.name ?? "";
}
