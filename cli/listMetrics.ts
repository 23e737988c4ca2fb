import { groupKind } from "../provider/lifecycle/groupArguments";
import { synchronizedCopyState } from "../provider/model/vocabulary/relationship";
import type { Estate, Group, Relationship } from "./estate/estate";

/**
 * `openmetrics`: for whatever scrapes it over HTTP. `prometheus`: the older text format, the only one that the textfile
 * collectors of node_exporter and windows_exporter read; they refuse the whole file for a type that they do not know,
 * such as stateset (prometheus/node_exporter issue 1988).
 */
export type MetricsFormat = "openmetrics" | "prometheus";

/**
 * The estate as metrics: seconds and ratios, units in the names. What is not known has no sample, because 0 would be a
 * good value. No label holds a disk's name that a program keeps secret.
 */
export function describeMetrics(estate: Estate, format: MetricsFormat): string {
	const families = [...relationshipFamilies(estate), ...estateFamilies(estate)];
	const lines = families.filter(({ samples }) => samples.length > 0).flatMap((family) => linesOf(family, format));
	return `${[...lines, ...(format === "openmetrics" ? ["# EOF"] : [])].join("\n")}\n`;
}

interface Family {
	/** Without `_total`. */
	readonly name: string;
	readonly type: "gauge" | "counter" | "stateset";
	readonly unit?: "seconds" | "ratio";
	readonly help: string;
	readonly samples: readonly Sample[];
}

type Labels = Readonly<Record<string, string>>;
interface Sample {
	readonly labels: Labels;
	readonly value: number;
}

const prefix = "storage_replication";

type Value = number | boolean | null;
type Gauge = readonly [
	name: string,
	unit: Family["unit"] | null,
	help: string,
	read: (relationship: Relationship) => Value,
	/** Of a replication group by itself; left out: it is no question of one. */
	readGroup?: (group: Group) => Value,
];

const cannotBeRead = ({ condition }: Pick<Group, "condition">) => condition === "unread";
const needsPerson = ({ condition }: Pick<Group, "condition">) => condition === "attention" || condition === "unread";
const satisfied = (each: Pick<Group, "satisfied">) => each.satisfied;
const planSteps = ({ nextUp }: Pick<Relationship, "nextUp">) =>
	nextUp?.does === "nothing" ? 0 : nextUp?.does === "runs" ? nextUp.steps.length : null;

const gauges: readonly Gauge[] = [
	["satisfied", null, "Whether what is declared holds.", satisfied, satisfied],
	["protected", null, "Whether a complete copy follows the serving disk.", ({ isProtected }) => isProtected],
	[
		"reversed",
		null,
		"Whether the declared target serves.",
		({ seen, copy }) =>
			copy !== null ? null : present(seen, ({ serving }) => (serving === null ? null : serving === "target")),
	],
	[
		"lag_seconds",
		"seconds",
		"How far the copy is behind.",
		({ seen }) => present(seen, ({ lagSeconds }) => lagSeconds),
	],
	["lag_limit_seconds", "seconds", "How far it may be behind.", ({ lagLimit }) => lagLimit?.seconds ?? null],
	[
		"synced_ratio",
		"ratio",
		"How much is synchronized.",
		({ seen }) => present(seen, ({ percentSynced }) => (percentSynced === null ? null : percentSynced / 100)),
	],
	["unread", null, "Whether it, or one of its ends, could not be read.", cannotBeRead, cannotBeRead],
	["needs_person", null, "Whether it waits for a person, or could not be read.", needsPerson, needsPerson],
	[
		"interrupted",
		null,
		"Whether its last run was interrupted.",
		({ declared, interrupted }) => (declared === null ? null : interrupted !== null),
		({ interrupted }) => interrupted !== null,
	],
	[
		"needs_approval",
		null,
		"Whether the next up needs consent that is not given.",
		({ nextUp }) =>
			nextUp === null || nextUp.does === "notKnown" ? null : nextUp.does === "runs" && nextUp.consent === "missing",
	],
	["plan_steps", null, "Steps of the next up.", planSteps, planSteps],
	[
		"failover_ready",
		null,
		"Whether a failover would be legal, and nothing spoke against it, if the serving site were lost now.",
		({ failover: { answer } }) => (answer === "notKnown" || answer === "noQuestion" ? null : answer === "ready"),
	],
	["copy_complete", null, "Whether a copy holds a whole point in time.", ({ copy }) => copy?.complete ?? null],
	[
		"copy_point_in_time_timestamp_seconds",
		"seconds",
		"The point in time that a copy holds.",
		({ copy }) => secondsOf(copy?.pointInTime),
	],
	[
		"copy_expires_timestamp_seconds",
		"seconds",
		"From when on the next up ends a copy.",
		({ copy }) => secondsOf(copy?.expiresAt),
	],
	[
		"copy_restore_open",
		null,
		"Whether a restore was begun and is not proven.",
		({ copy }) => copy?.restoreOpen ?? null,
	],
	[
		"last_transition_timestamp_seconds",
		"seconds",
		"When a run of this package last did something.",
		({ lastTransitionAt }) => secondsOf(lastTransitionAt),
	],
];

function secondsOf(moment: string | null | undefined): number | null {
	return moment == null ? null : Date.parse(moment) / 1_000;
}

function present<T>(
	seen: Relationship["seen"],
	read: (seen: Extract<NonNullable<Relationship["seen"]>, { presence: "present" }>) => T,
): T | null {
	return seen?.presence === "present" ? read(seen) : null;
}

/** Every metric there may be, in the order of a file. */
export const metricNames: readonly string[] = [
	"state",
	...gauges.map(([name]) => name),
	"host_unread",
	"last_read_timestamp_seconds",
	"read_duration_seconds",
	"operations_total",
].map((name) => `${prefix}_${name}`);

function relationshipFamilies({ relationships, groups }: Estate): Family[] {
	const labels = labelsOf([
		// Series of mirrors keep the labels that they had before there were copies.
		...relationships.map(({ kind, copy, ...names }) => ({ ...names, kind: copy === null ? null : kind })),
		...groups.map((group) => ({ ...group, kind: groupKind, id: group.uniqueId })),
	]);
	const families = gauges.map(
		([name, unit, help, read, readGroup]): Family => ({
			name: `${prefix}_${name}`,
			type: "gauge",
			...(unit === null ? {} : { unit: unit as NonNullable<Family["unit"]> }),
			help,
			samples: [...relationships.map(read), ...groups.map((group) => readGroup?.(group) ?? null)].flatMap(
				(value, index) => (value === null ? [] : [{ labels: labels[index] ?? {}, value: Number(value) }]),
			),
		}),
	);
	const states = [...Object.keys(synchronizedCopyState), "absent"];
	return [
		stateset("state", "CopyState, or absent.", states, relationships, labels, ({ seen }) =>
			seen === null ? null : seen.presence === "absent" ? "absent" : seen.copyState,
		),
		...families,
	];
}

function stateset(
	name: string,
	help: string,
	states: readonly string[],
	relationships: readonly Relationship[],
	labels: readonly Labels[],
	read: (relationship: Relationship) => string | null,
): Family {
	const label = `${prefix}_${name}`;
	return {
		name: label,
		type: "stateset",
		help,
		samples: relationships.flatMap((relationship, index) => {
			const now = read(relationship);
			if (now === null) return [];
			return states.map((state) => ({ labels: { ...labels[index], [label]: state }, value: Number(state === now) }));
		}),
	};
}

function estateFamilies({ readAt, readMs, hosts, runs }: Estate): Family[] {
	const gauge = (name: string, help: string, samples: readonly Sample[], unit?: "seconds"): Family => ({
		name: `${prefix}_${name}`,
		type: "gauge",
		...(unit === undefined ? {} : { unit }),
		help,
		samples,
	});
	const isUnread = ({ error, unread }: Estate["hosts"][number]) => error !== null || unread.length > 0;
	return [
		gauge(
			"host_unread",
			"Whether a host, or a part of what it has, could not be read.",
			hosts.map((host) => ({ labels: { host: host.name }, value: Number(isUnread(host)) })),
		),
		gauge(
			"last_read_timestamp_seconds",
			"When this was read.",
			[{ labels: {}, value: Date.parse(readAt) / 1_000 }],
			"seconds",
		),
		gauge("read_duration_seconds", "How long reading took.", [{ labels: {}, value: readMs / 1_000 }], "seconds"),
		{
			name: `${prefix}_operations`,
			type: "counter",
			help: "Calls in the ledger that was given.",
			samples: [...operationsIn(runs ?? [])].map(([operation, value]) => ({ labels: { operation }, value })),
		},
	];
}

function operationsIn(runs: NonNullable<Estate["runs"]>): Map<string, number> {
	const counts = new Map<string, number>();
	for (const { steps } of runs) {
		for (const { calls } of steps) {
			for (const { operation } of calls) counts.set(operation, (counts.get(operation) ?? 0) + 1);
		}
	}
	return counts;
}

/** Two resources may have one name under different parents; two series may not have the same labels. */
function labelsOf(
	all: readonly (Pick<Relationship, "name" | "project" | "stack" | "urn" | "id"> & { readonly kind: string | null })[],
): Labels[] {
	const named = all.map(({ name, kind, project, stack }) => ({
		relationship: name,
		...(kind === null ? {} : { kind }),
		...(project === null ? {} : { project }),
		...(stack === null ? {} : { stack }),
	}));
	const keys = named.map((labels) => JSON.stringify(labels));
	return named.map((labels, index) => {
		const isOnly = keys.indexOf(keys[index] ?? "") === keys.lastIndexOf(keys[index] ?? "");
		const { urn, id } = all[index] ?? {};
		return isOnly ? labels : { ...labels, urn: urn ?? id ?? String(index) };
	});
}

function linesOf({ name, type, unit, help, samples }: Family, format: MetricsFormat): string[] {
	const isOpen = format === "openmetrics";
	const sampleName = type === "counter" ? `${name}_total` : name;
	const told = isOpen ? name : sampleName;
	return [
		`# HELP ${told} ${help}`,
		`# TYPE ${told} ${type === "stateset" && !isOpen ? "gauge" : type}`,
		...(isOpen && unit !== undefined ? [`# UNIT ${told} ${unit}`] : []),
		...samples.map(({ labels, value }) => `${sampleName}${describeLabels(labels)} ${value}`),
	];
}

function describeLabels(labels: Labels): string {
	const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
	return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}

function escaped(value: string): string {
	return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
