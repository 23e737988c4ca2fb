# The part of bootstrap.ps1 about replication groups, loaded with it; the same rules.
# Documented are the classes, their references and that a peer of a group is of type 32769 (windows-driver-docs:
# msft-replicationgroup, -replicationgrouptovirtualdisk, -replicationgrouptoreplicapeer, -storagesubsystemtoreplicationgroup,
# -replicapeer); ConsistencyState of the link is in Windows' class and on no page (microsoft/wmi). Assumed is that members are
# listed in the group's order: consistency follows the order in which they were given, and no page says how they come back.

# Added to a reading of everything, in its request. Where there are no groups that is one enumeration more, of nothing.
function Add-PsrGroups($Rows) {
	$before = $global:PsrUnread.Count
	$groups = Get-PsrInstance 'MSFT_ReplicationGroup' $true
	if ($null -ne $groups) {
		$found = [ordered]@{ listed = @(); members = @(); links = @(); holds = @() }
		if ($groups.Count -gt 0) {
			$found.listed = Get-PsrRows $groups @('ObjectId:text', 'UniqueId:text', 'FriendlyName:text')
			$found.members = Get-PsrListing 'MSFT_ReplicationGroupToVirtualDisk' @('ReplicationGroup:reference', 'VirtualDisk:reference')
			$found.links = Get-PsrListing 'MSFT_ReplicationGroupToReplicaPeer' (@('ReplicationGroup:reference') + $global:PsrFarEndColumns + @('ConsistencyState:number'))
			$found.holds = Get-PsrListing 'MSFT_StorageSubSystemToReplicationGroup' @('StorageSubSystem:reference', 'ReplicationGroup:reference')
		}
		$Rows.groups = $found
	}
	foreach ($part in $global:PsrUnread.GetRange($before, $global:PsrUnread.Count - $before)) { $Rows.unread += (New-PsrUnread $part) }
}

function Find-PsrGroup($Request, [string]$Name) {
	$objectId = Read-PsrText $Request $Name
	foreach ($group in (Get-PsrInstance 'MSFT_ReplicationGroup' $false)) { if (Test-PsrSame ([string](Read-PsrMember $group 'ObjectId')) $objectId) { return $group } }
	Assert-PsrWhole 'MSFT_ReplicationGroup'
	return $null
}

$global:PsrNoGroup = 'The host does not list the replication group any more.'

# An array of instances as an argument. MMI takes one only as CimInstance[] (PowerShell/MMI, ConvertToNativeLayer); the
# type is the instances' own, since it has no name where there is no CIM.
function New-PsrInstances($Instances) {
	$first = $Instances[0].PSObject.BaseObject
	if ($first.GetType().Name -ne 'CimInstance') { return , [object[]]$Instances }
	$array = [Array]::CreateInstance($first.GetType(), $Instances.Count)
	for ($i = 0; $i -lt $Instances.Count; $i++) { $array.SetValue($Instances[$i].PSObject.BaseObject, $i) }
	return , $array
}

function Set-PsrGroupRelationship($Request) {
	$group = Find-PsrGroup $Request 'groupObjectId'
	if ($null -eq $group) { return New-PsrNotFound $global:PsrNoGroup }
	$peer = Find-PsrPeer $group $Request 'MSFT_ReplicationGroupToReplicaPeer' 'ReplicationGroup' 32769
	if ($null -eq $peer) { return New-PsrNotFound 'The replication group has no relationship with this peer any more.' }
	$arguments = @{ Operation = [uint16](Read-PsrMember $Request 'operation'); TargetGroup = $peer }
	$sources = Read-PsrTexts $Request 'syncPairSources'
	if ($sources.Count -gt 0) {
		$pairs = Find-PsrSyncPairs $sources (Read-PsrTexts $Request 'syncPairTargets')
		if ($null -eq $pairs) { return New-PsrNotFound 'The host does not list just one relationship of each of these pairs, so it cannot be said which is meant.' }
		$arguments['SyncPairs'] = New-PsrInstances $pairs
	}
	if (Test-PsrRunAsJob $group 'MSFT_ReplicationGroup' 'SetReplicationRelationship') { $arguments['RunAsJob'] = $true }
	return Invoke-PsrChange $group 'SetReplicationRelationship' $arguments
}

# The relationships of pairs of disks as this host lists them, which are MSFT_Synchronized; null where one is missing or
# one of several. One that was made here could be another one to the array.
function Find-PsrSyncPairs([string[]]$Sources, [string[]]$Targets) {
	$ids = New-PsrTable
	foreach ($disk in (Get-PsrInstance 'MSFT_VirtualDisk' $false)) { $ids[(Get-PsrKey $disk)] = [string](Read-PsrMember $disk 'UniqueId') }
	$peers = Get-PsrInstance 'MSFT_ReplicaPeer' $true
	$wanted = $Sources + $Targets
	$links = @(foreach ($link in (Get-PsrInstance 'MSFT_VirtualDiskToReplicaPeer' $false)) {
			$own = [string]$ids[(Get-PsrKey (Read-PsrMember $link 'VirtualDisk'))]
			if ($wanted -contains $own) { @{ ends = $own, @((Get-PsrLinked $link $peers) | ForEach-Object { Get-PsrPeerIdentity $_ }); instance = $link } }
		})
	$local = @(foreach ($pair in (Get-PsrInstance 'MSFT_VirtualDiskToVirtualDisk' $true)) {
			@{ ends = @('SourceVirtualDisk', 'TargetVirtualDisk' | ForEach-Object { [string]$ids[(Get-PsrKey (Read-PsrMember $pair $_))] }); instance = $pair }
		})
	Assert-PsrWhole 'MSFT_VirtualDisk', 'MSFT_ReplicaPeer', 'MSFT_VirtualDiskToReplicaPeer', 'MSFT_VirtualDiskToVirtualDisk'
	$found = [System.Collections.Generic.List[object]]::new()
	for ($i = 0; $i -lt $Sources.Count; $i++) {
		# The source's own link first: a host that sees both arrays lists the pair at each disk.
		$matching = Select-PsrPairs $links $Sources[$i] $Targets[$i]
		if ($matching.Count -eq 0) { $matching = Select-PsrPairs $links $Targets[$i] $Sources[$i] }
		if ($matching.Count -eq 0) { $matching = Select-PsrPairs $local $Sources[$i] $Targets[$i] }
		if ($matching.Count -ne 1) { return $null }
		$found.Add($matching[0].instance)
	}
	return , $found.ToArray()
}

function Select-PsrPairs($Pairs, [string]$One, [string]$Other) {
	return , @($Pairs | Where-Object { (Test-PsrSame $_.ends[0] $One) -and $Other -ne '' -and $_.ends[1] -contains $Other })
}

function New-PsrGroupReplica($Request) {
	$group = Find-PsrGroup $Request 'sourceGroupObjectId'
	if ($null -eq $group) { return New-PsrNotFound $global:PsrNoGroup }
	$optional = @{ FriendlyName = 'friendlyName'; TargetGroupObjectId = 'targetGroupObjectId' }
	$objective = Read-PsrMember $Request 'recoveryPointObjectiveMinutes'
	# Of a group it is a uint32, of a disk a uint16.
	if ($null -ne $objective) { $objective = [uint32]$objective }
	return Invoke-PsrCreateReplica $group 'MSFT_ReplicationGroup' $Request $optional $objective
}

# The disks of a request in its order; null where the host does not list one of them.
function Find-PsrMembers($Request) {
	$byKey = New-PsrTable
	foreach ($disk in (Get-PsrInstance 'MSFT_VirtualDisk' $false)) { $byKey[(Get-PsrKey $disk)] = $disk }
	$found = [System.Collections.Generic.List[object]]::new()
	foreach ($key in (Read-PsrTexts $Request 'memberObjectIds')) {
		if (-not $byKey.ContainsKey($key)) { Assert-PsrWhole 'MSFT_VirtualDisk'; return $null }
		$found.Add($byKey[$key])
	}
	return , $found.ToArray()
}

$global:PsrNoMember = 'The host does not list all of these disks.'

function New-PsrGroup($Request) {
	$subsystem = Find-PsrByName (Get-PsrInstance 'MSFT_StorageSubSystem' $false) (Read-PsrText $Request 'subsystem')
	if ($null -eq $subsystem) { Assert-PsrWhole 'MSFT_StorageSubSystem'; return New-PsrNotFound 'The host does not list the storage subsystem.' }
	$members = Find-PsrMembers $Request
	if ($null -eq $members) { return New-PsrNotFound $global:PsrNoMember }
	$arguments = @{ FriendlyName = (Read-PsrText $Request 'friendlyName') }
	if ($members.Count -gt 0) { $arguments['StorageElements'] = New-PsrInstances $members }
	$settings = New-PsrSettings $subsystem 'MSFT_StorageSubSystem' 'CreateReplicationGroup' $null
	if ($null -ne $settings) { $arguments['ReplicationSettings'] = $settings }
	if (Test-PsrRunAsJob $subsystem 'MSFT_StorageSubSystem' 'CreateReplicationGroup') { $arguments['RunAsJob'] = $true }
	return Invoke-PsrChange $subsystem 'CreateReplicationGroup' $arguments
}

function Set-PsrMembers($Request, [string]$MethodName) {
	$group = Find-PsrGroup $Request 'groupObjectId'
	if ($null -eq $group) { return New-PsrNotFound $global:PsrNoGroup }
	$members = Find-PsrMembers $Request
	if ($null -eq $members -or $members.Count -eq 0) { return New-PsrNotFound $global:PsrNoMember }
	return Invoke-PsrChange $group $MethodName @{ StorageObjects = (New-PsrInstances $members) }
}

function Remove-PsrGroup($Request) {
	$group = Find-PsrGroup $Request 'groupObjectId'
	if ($null -eq $group) { return New-PsrNotFound $global:PsrNoGroup }
	return Invoke-PsrChange $group 'DeleteObject' @{}
}
