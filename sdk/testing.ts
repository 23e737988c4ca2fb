import * as pulumi from "@pulumi/pulumi";
import { systemClock } from "../provider/executor/clock";
import { observeRelationship } from "../provider/executor/observeRelationship";
import { connectHosts, type HostsConfig, readHostsConfig } from "../provider/hosts/hostsConfig";
import { type Bag, classIn, copyClassIn, declaredBy, readArguments } from "../provider/lifecycle/arguments";
import { check } from "../provider/lifecycle/check";
import { EngineLog } from "../provider/lifecycle/engineLog";
import { isGroup } from "../provider/lifecycle/groupArguments";
import { identityOf, rememberedIn } from "../provider/lifecycle/outputs";
import { read } from "../provider/lifecycle/read";
import { check as checkGroup, foundNow } from "../provider/lifecycle/replicationGroup";
import { Session } from "../provider/lifecycle/session";
import { cloneType, groupReplicationType, groupType, resourceType, snapshotType } from "./resourceType";

/** What `mocks` takes. */
export interface MocksOptions {
	/**
	 * The hosts that the program names, as in `storageReplication:hosts`; of the kind simulator, usually. Default: those of
	 * the configuration that the test has set, for example by `pulumi.runtime.setAllConfig`.
	 */
	readonly hosts?: Readonly<Record<string, object>>;
	/** What answers for resources and functions of other packages. Default: a resource is what was asked for. */
	readonly others?: pulumi.runtime.Mocks;
}

/**
 * Mocks for `pulumi.runtime.setMocks` under which a program's relationships are planned for real, against simulated
 * arrays: arguments are validated, disks are looked up, and the outputs are those that a preview predicts,
 * `plannedOperations` included. Nothing is sent. A wish that preview would refuse fails with the same `SR####`.
 *
 * ```ts
 * const sites = await Simulator.create("arrays.json", { force: true, pairs: [{ source: "Orders", target: "Orders-DR" }] });
 * const host = { kind: "simulator", file: sites.file };
 * await pulumi.runtime.setMocks(mocks({ hosts: { east: host, west: host } }));
 * // Now load the program, and look at the outputs of what it declares.
 * ```
 */
export function mocks({ hosts, others }: MocksOptions = {}): pulumi.runtime.Mocks {
	let session: Session | undefined;
	const sessionOfProgram = () => {
		session ??= sessionFor(hosts);
		return session;
	};
	return {
		call: (call) => others?.call(call) ?? call.inputs,
		newResource: (resource) => {
			if (![resourceType, snapshotType, cloneType, groupReplicationType, groupType].includes(resource.type))
				return others?.newResource(resource) ?? { id: resource.id || `${resource.name}-id`, state: resource.inputs };
			const inputs = withoutSecretMarks(resource.inputs) as Bag;
			return resource.id ? existing(sessionOfProgram(), resource.id, inputs) : planned(sessionOfProgram(), inputs);
		},
	};
}

/** Hosts are read when the first resource asks: a test sets its configuration before or after the mocks. */
function sessionFor(hosts: MocksOptions["hosts"]): Session {
	const config: HostsConfig = readHostsConfig(hosts ?? new pulumi.Config("storageReplication").get("hosts"));
	return new Session(systemClock, new EngineLog(undefined), connectHosts(config));
}

async function existing(session: Session, id: string, inputs: Bag): Promise<pulumi.runtime.MockResourceResult> {
	const { props } = await read(session, id, inputs);
	return { id, state: { ...props } };
}

async function planned(session: Session, inputs: Bag): Promise<pulumi.runtime.MockResourceResult> {
	const checked = await (isGroup(inputs) ? checkGroup : check)(session, {}, inputs);
	if (checked.failures.length > 0) throw new Error(checked.failures.map(({ reason }) => reason).join("\n"));
	if (isGroup(inputs)) {
		const { uniqueId } = checked.inputs;
		const id = typeof uniqueId === "string" ? uniqueId : undefined;
		return { id, state: { ...checked.inputs, ...(await foundNow(session, inputs)), record: null } };
	}
	const { knownIds } = rememberedIn(checked.inputs);
	const isMade = knownIds.source === null || knownIds.target === null;
	return {
		// A disk that is still to be made has no id, and so neither has the relationship.
		id: isMade ? undefined : identityOf(knownIds, classIn(inputs)),
		state: { ...checked.inputs, ...(await notPlanned(session, inputs)), record: null },
	};
}

/** What a preview does not predict: the mode of a mirror, and what only a copy that is there can tell. */
async function notPlanned(session: Session, inputs: Bag): Promise<Bag> {
	if (copyClassIn(inputs) === null) return { syncMode: await plannedMode(session, inputs) };
	return { pointInTime: null, restored: null, ended: null };
}

/** The wished mode, or the one that the relationship has. */
async function plannedMode(session: Session, inputs: Bag): Promise<string> {
	if (typeof inputs.syncMode === "string") return inputs.syncMode;
	const declared = declaredBy(readArguments(inputs), { source: null, target: null }, false);
	const { observed } = await observeRelationship(declared, session.hosts, "cached");
	return observed.syncMode.toLowerCase();
}

/** Mocks get secrets with Pulumi's marks, the provider gets them without. */
function withoutSecretMarks(value: unknown): unknown {
	if (pulumi.runtime.isRpcSecret(value)) return withoutSecretMarks(pulumi.runtime.unwrapRpcSecret(value));
	if (Array.isArray(value)) return value.map(withoutSecretMarks);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutSecretMarks(part)]));
}
