// The public types against the schemas that judge what programs give. `tsc` is what judges this file: nothing in it runs.
import type * as pulumi from "@pulumi/pulumi";
import type { HostEntry } from "../../provider/hosts/hostsConfig";
import type { MirrorArguments } from "../../provider/lifecycle/arguments";
import type { GroupArguments } from "../../provider/lifecycle/groupArguments";
import type { Status } from "../../provider/status";
import {
	CopyState,
	type ReplicationCapabilities,
	type ReplicationGroupArgs,
	type ReplicationHost,
	ReplicationState,
	type ReplicationStatus,
	SyncMode,
	type VirtualDiskReplicationArgs,
} from "../../sdk";

type Fields<T> = T extends object ? { [Key in keyof T]-?: Fields<Exclude<T[Key], undefined>> } : T;
type Same<One, Other> = [Fields<One>] extends [Fields<Other>]
	? [Fields<Other>] extends [Fields<One>]
		? true
		: false
	: false;
const same = <One, Other>(_: Same<One, Other>): void => {};

type Kind = HostEntry["kind"];
type Entry<Of extends Kind> = Extract<HostEntry, { kind: Of }>;
type Typed<Of extends Kind> = pulumi.Unwrap<Extract<ReplicationHost, { kind: Of }>>;
same<Kind, ReplicationHost["kind"]>(true);
same<Entry<"local">, Typed<"local">>(true);
same<Entry<"cim">, Typed<"cim">>(true);
same<Entry<"ssh">, Typed<"ssh">>(true);
same<Entry<"simulator">, Typed<"simulator">>(true);
same<Entry<"report">, Typed<"report">>(true);

same<MirrorArguments, pulumi.Unwrap<VirtualDiskReplicationArgs>>(true);
same<GroupArguments, pulumi.Unwrap<ReplicationGroupArgs>>(true);
same<Status, ReplicationStatus>(true);

const ends = { source: { host: "east", virtualDisk: "Orders" }, target: { host: "west", virtualDisk: "Orders-DR" } };
export const byName: VirtualDiskReplicationArgs = {
	...ends,
	state: ReplicationState.FailedOver,
	syncMode: SyncMode.Synchronous,
};
export const byText: VirtualDiskReplicationArgs = { ...ends, state: "failedOver", syncMode: "synchronous" };
// @ts-expect-error there is no such state
export const noState: VirtualDiskReplicationArgs = { ...ends, state: "failedover" };
// @ts-expect-error an ssh host has no computerName
export const noHost: ReplicationHost = { kind: "ssh", computerName: "mgmt-east" };
export const synchronized: "Synchronized" = CopyState.Synchronized;
export const operations = ({ operations: named }: ReplicationCapabilities): boolean =>
	named?.includes("ReverseRoles") ?? true;
