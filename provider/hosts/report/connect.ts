import {
	type CallAnswer,
	type CapabilitiesRequest,
	type DiscoverAnswer,
	defaultMaxConcurrent,
	type Host,
	type HostObservation,
	type JobFact,
	type ReplicationGroups,
	type Unread,
} from "../../executor/host";
import { undiscovered } from "../../executor/undiscovered";
import type { Capabilities } from "../../model/capabilities";
import { errorCodes } from "../../model/errorCodes";
import { ReplicationError } from "../../model/replicationError";
import { type CallPlace, describeException } from "../powershell/callErrors";
import { capabilitiesOf } from "../powershell/capabilities";
import { jobOf } from "../powershell/job";
import { observationOf } from "../powershell/observation";
import { troubles } from "../powershell/troubles";
import type { FailedRead, HostRecord } from "./report";
import { readRecord } from "./reportFile";

export interface ReportEntry {
	readonly name: string;
	/** What `doctor --report` wrote. */
	readonly file: string;
	/**
	 * Which of the report's hosts, from 1, in the order of the doctor's own output.
	 * @default 1
	 */
	readonly host?: number;
}

/** A host as it answered once, out of a report: to plan and look as its site would. It cannot be changed. */
export function connectReport(entry: ReportEntry): Host {
	return new ReportedHost(entry);
}

class ReportedHost implements Host {
	readonly name: string;
	readonly address: string;
	// A report cannot be asked again: what it lacks is not discovered, and never absent.
	readonly discovers = "onDoubt";
	readonly maxConcurrent = defaultMaxConcurrent;
	private known: HostRecord | undefined;

	constructor(private readonly entry: ReportEntry) {
		this.name = entry.name;
		this.address = `report ${entry.file}`;
	}

	async observe(): Promise<HostObservation> {
		return observationOf(this.observed());
	}

	/** A file is read whole. */
	async observeDisks(): Promise<null> {
		return null;
	}

	async capabilities({ subsystem, replicationType, of = "element" }: CapabilitiesRequest): Promise<Capabilities> {
		const place = this.place("reading capabilities");
		const ofArray = this.record.capabilities.filter((one) => one.subsystem === subsystem);
		const asked =
			ofArray.find((one) => one.replicationType === replicationType && one.of === of)?.answer ??
			// Of a kind that an array does not list nobody asked; that it does not list it is said in the answer for another.
			ofArray.map(({ answer }) => answer).find((answer) => !answer.ok || !isListed(answer.value, replicationType));
		if (asked === undefined) throw this.unanswered(place, "the report has no answer to that");
		if (!asked.ok) throw this.failed(place, asked);
		return capabilitiesOf(asked.value, replicationType, place);
	}

	async setReplicationRelationship(): Promise<CallAnswer> {
		return this.refuse("SetReplicationRelationship");
	}

	async createReplica(): Promise<CallAnswer> {
		return this.refuse("CreateReplica");
	}

	readonly groups: ReplicationGroups = {
		setRelationship: async () => this.refuse("SetReplicationRelationship"),
		createReplica: async () => this.refuse("CreateReplica"),
		create: async () => this.refuse("CreateReplicationGroup"),
		addMembers: async () => this.refuse("AddMember"),
		removeMembers: async () => this.refuse("RemoveMember"),
		delete: async () => this.refuse("DeleteObject"),
	};

	async job(id: string): Promise<JobFact | null> {
		const jobs = this.observed().jobs.map(jobOf);
		return jobs.find((job) => job.id === id) ?? null;
	}

	async affectedDisks(): Promise<readonly string[]> {
		throw this.unanswered(this.place("reading a job"), "nothing was made there");
	}

	async discover(): Promise<DiscoverAnswer> {
		return this.refuse("Discover");
	}

	async discoverArrays(): Promise<readonly Unread[]> {
		return undiscovered(null, "a report cannot be asked again.", "make a new report after a discovery on that host.");
	}

	async ping(): Promise<{ readonly hostTime: string | null }> {
		return { hostTime: this.observed().hostTime };
	}

	async close(): Promise<void> {}

	private get record(): HostRecord {
		this.known ??= readRecord(this.entry.file, this.entry.host ?? 1);
		return this.known;
	}

	private observed() {
		const place = this.place("observing");
		const { diagnosis, observation } = this.record;
		if (observation?.ok) return observation.value;
		if (observation !== null) throw this.failed(place, observation);
		if (!diagnosis.ok) throw this.failed(place, diagnosis);
		throw this.unanswered(place, "the host had no replication classes, so it was not asked");
	}

	private place(call: string): CallPlace {
		return { where: `host ${this.name} (${this.address})`, call, changes: false };
	}

	private failed(place: CallPlace, { code, trouble, exception }: FailedRead): ReplicationError {
		const told = exception === null ? (trouble ?? "no words are in the report") : describeException(exception);
		const remedy = trouble === null ? undefined : troubles[trouble].remedy;
		return this.unanswered(place, `it failed with ${code} when the report was made: ${told}`, remedy);
	}

	private unanswered({ where, call }: CallPlace, why: string, remedy?: string): ReplicationError {
		return new ReplicationError({
			code: errorCodes.hostUnreachable,
			class: "transport",
			what: `${where}: ${call}: ${why}.`,
			dataSafety: "nothing was changed; nothing is known of the array now.",
			remedy: remedy ?? "make a new report on that host.",
		});
	}

	private refuse(call: string): never {
		throw new ReplicationError({
			code: errorCodes.reportOnlyObserves,
			class: "user",
			what: `${call} on host ${this.name}: it is a report (${this.address}), which shows a host as it was and is none.`,
			dataSafety: "yes, nothing was sent and nothing was changed.",
			remedy: "use plan and status with a report; for an update give the host itself.",
		});
	}
}

type Advertised = Extract<HostRecord["capabilities"][number]["answer"], { ok: true }>["value"];

/** Whether an array offers this kind of mirror, or may. */
function isListed(answer: Advertised, replicationType: number): boolean {
	return answer.found && (answer.types === null || answer.types.includes(replicationType));
}
