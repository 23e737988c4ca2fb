# Instances as the classes of root/Microsoft/Windows/Storage have them, made from the state.

# An array in trouble is listed itself; what it holds is not.
function Test-Sees($State, $DiskOrArray, [string]$Computer) {
	$holds = $DiskOrArray.PSObject.Properties['array']
	$array = if ($holds) { $DiskOrArray.array } else { $DiskOrArray.friendlyName }
	if ($holds -and $State.cold -eq 'disks') { return $false }
	if ($holds -and @($State.trouble | ForEach-Object { $_.array }) -contains $array) { return $false }
	if ($Computer -eq 'local') { return $true }
	return (@($State.hosts.$Computer.arrays) -contains $array)
}

# What a provider writes beside the rows of the arrays that it reaches.
function Get-SoftErrors($State, [string]$Computer) {
	foreach ($trouble in @($State.trouble)) {
		if ($null -eq $trouble) { continue }
		if ($Computer -eq 'local' -or @($State.hosts.$Computer.arrays) -contains $trouble.array) { New-ErrorRecord $trouble.id 'NotSpecified' $trouble.message }
	}
}

function Get-Reference($State, [string]$ClassName, [string]$ObjectId) {
	switch ($State.settings.references) {
		'path' { return $ClassName + '.ObjectId="' + $ObjectId.Replace('\', '\\').Replace('"', '\"') + '"' }
		'id' { return $ObjectId }
		default { return [pscustomobject]@{ ObjectId = $ObjectId; CimSystemProperties = @{ ClassName = $ClassName } } }
	}
}

function Get-ClassOf($State, [string]$ClassName) {
	$job = @{}
	if ($State.settings.runAsJob) { $job = @{ RunAsJob = 'Boolean' } }
	$properties = @()
	# As Windows words it: to Get-CimClass a class that is missing is not found.
	if (@($State.settings.missingClasses) -contains $ClassName) { throw (New-ErrorRecord 'HRESULT 0x80041002' 'ObjectNotFound' 'Not found' 'NotFound') }
	switch ($ClassName) {
		'MSFT_VirtualDisk' { $methods = @{
				SetReplicationRelationship = @{ Parameters = @{ Operation = 'UInt16'; VirtualDiskReplicaPeer = 'Peer' } + $job }
				CreateReplica = @{ Parameters = @{ FriendlyName = 'String'; TargetStorageSubsystem = 'Peer'; TargetVirtualDiskObjectId = 'String'; TargetStoragePoolObjectId = 'String'; RecoveryPointObjective = 'UInt16'; SyncType = 'UInt16' } + $job }
			}
			if ($State.settings.replicationSettings -ne 'noParameter') { $methods.CreateReplica.Parameters['ReplicationSettings'] = 'MSFT_ReplicationSettings' }
		}
		'MSFT_ReplicationCapabilities' {
			$methods = @{}
			foreach ($name in 'GetSupportedOperations', 'GetSupportedFeatures', 'GetSupportedCopyStates', 'GetSupportedGroupOperations', 'GetSupportedGroupFeatures') { $methods[$name] = @{ Parameters = @{ ReplicationType = 'UInt16' } } }
		}
		# Types: Windows' own client code passes them so (dnsmaitreya/FailoverClusters).
		'MSFT_ReplicationGroup' { $methods = @{
				SetReplicationRelationship = @{ Parameters = @{ Operation = 'UInt16'; TargetGroup = 'Peer'; SourceStorageObjects = 'MSFT_StorageObject[]'; TargetStorageObjects = 'MSFT_StorageObject[]'; SyncPairs = 'MSFT_Synchronized[]' } + $job }
				CreateReplica = @{ Parameters = @{ FriendlyName = 'String'; TargetStorageSubsystem = 'Peer'; TargetGroupObjectId = 'String'; TargetStoragePoolObjectId = 'String'; RecoveryPointObjective = 'UInt32'; ReplicationSettings = 'MSFT_ReplicationSettings'; SyncType = 'UInt16' } + $job }
				AddMember = @{ Parameters = @{ StorageObjects = 'MSFT_StorageObject[]' } }
				RemoveMember = @{ Parameters = @{ StorageObjects = 'MSFT_StorageObject[]' } }
				DeleteObject = @{ Parameters = @{} }
			}
		}
		'MSFT_StorageSubSystem' { $methods = @{ CreateReplicationGroup = @{ Parameters = @{ FriendlyName = 'String'; Description = 'String'; StorageElements = 'MSFT_StorageObject[]'; ReplicationSettings = 'MSFT_ReplicationSettings' } + $job } } }
		'MSFT_StorageProvider' { $methods = @{ Discover = @{ Parameters = @{ DiscoveryLevel = 'UInt16'; RootObject = 'Reference'; RunAsJob = 'Boolean' } } } }
		'MSFT_StoragePool' { $methods = @{ Optimize = @{ Parameters = @{ RunAsJob = 'Boolean' } } } }
		'MSFT_ReplicaPeer' { $methods = @{}; $properties = 'ObjectId', 'UniqueId', 'PeerObjectType', 'PeerObjectId', 'PeerObjectName', 'PeerUniqueId', 'PeerSubsystemName', 'PeerProviderURI', 'IsPrimary' }
		# Names and types: microsoft/wmi, MSFT_ReplicationSettings of Server 2019.
		'MSFT_ReplicationSettings' {
			$methods = @{}
			$properties = 'TargetElementSupplier', 'ThinProvisioningPolicy', 'LogDevices', 'LogSizeInBytes', 'ReplicationQuorum'
			if ($State.settings.replicationSettings -ne 'older') { $properties += 'SyncMode' }
		}
		default { throw (New-ErrorRecord 'HRESULT 0x80041002' 'ObjectNotFound' 'Not found' 'NotFound') }
	}
	return [pscustomobject]@{ CimClassName = $ClassName; CimClassMethods = $methods; CimClassProperties = @($properties | ForEach-Object { [pscustomobject]@{ Name = $_ } }) }
}

function New-Instance($State, [string]$ClassName, $Properties) {
	$Properties['CimSystemProperties'] = @{ ClassName = $ClassName }
	if ($ClassName -eq 'MSFT_VirtualDisk') { $Properties['CimClass'] = $script:DiskClass }
	return [pscustomobject]$Properties
}

function Get-Disk($State, [string]$UniqueId) {
	foreach ($disk in $State.disks) { if ($disk.uniqueId -eq $UniqueId) { return $disk } }
	return $null
}

function Get-PeerInstance($State, $Relationship, [string]$Side, $Disks) {
	$disk = $Disks[[string]$Relationship.$Side]
	$peer = [ordered]@{
		ObjectId = 'peer:' + $Relationship.id + ':' + $Side
		UniqueId = 'peer-' + $Relationship.id + '-' + $Side
		PeerObjectType = [uint16]4
		PeerObjectId = $disk.objectId
		PeerObjectName = $disk.friendlyName
		PeerUniqueId = $disk.uniqueId
		PeerSubsystemName = $disk.array
	}
	if ($State.settings.isPrimary) { $peer['IsPrimary'] = ($Side -eq 'source') }
	return (New-Instance $State 'MSFT_ReplicaPeer' $peer)
}

function Get-Instances($State, [string]$ClassName, [string]$Computer) {
	if (@($State.settings.missingClasses) -contains $ClassName) { throw (New-ErrorRecord 'HRESULT 0x80041010' 'MetadataError' "Invalid class $ClassName" 'InvalidClass') }
	if ($ClassName -eq 'MSFT_VirtualDiskToReplicaPeer' -or $ClassName -eq 'MSFT_StorageJob') { Step-Transitions $State }
	switch ($ClassName) {
		'MSFT_VirtualDisk' {
			$script:DiskClass = Get-ClassOf $State 'MSFT_VirtualDisk'
			foreach ($disk in $State.disks) {
				if (-not (Test-Sees $State $disk $Computer)) { continue }
				Get-DiskInstance $State $disk
			}
		}
		'MSFT_StorageSubSystem' { foreach ($array in $State.arrays) { if (Test-Sees $State $array $Computer) { New-Instance $State $ClassName ([ordered]@{ ObjectId = 'array:' + $array.friendlyName; UniqueId = $array.uniqueId; FriendlyName = $array.friendlyName; Name = $array.friendlyName; CurrentCacheLevel = [uint16]$(if ($State.cold -eq 'disks') { 0 } else { 3 }); HealthStatus = [uint16]$array.healthStatus; SupportsMirrorLocal = $false; SupportsMirrorRemote = [bool]$array.supportsMirrorRemote }) } } }
		'MSFT_StorageSubSystemToVirtualDisk' { foreach ($disk in $State.disks) { if (Test-Sees $State $disk $Computer) { [pscustomobject]@{ StorageSubSystem = (Get-Reference $State 'MSFT_StorageSubSystem' ('array:' + $disk.array)); VirtualDisk = (Get-Reference $State 'MSFT_VirtualDisk' $disk.objectId) } } } }
		'MSFT_VirtualDiskToReplicaPeer' { Get-Links $State $Computer }
		'MSFT_VirtualDiskToVirtualDisk' { Get-Pairs $State $Computer }
		'MSFT_ReplicaPeer' {
			if ($State.settings.arrayPeers) { foreach ($array in $State.arrays) { New-Instance $State $ClassName ([ordered]@{ ObjectId = 'peer:array:' + $array.friendlyName; PeerObjectType = [uint16]32770; PeerObjectName = $array.friendlyName; PeerUniqueId = 'peer-of-' + $array.uniqueId; PeerSubsystemName = $array.friendlyName }) } }
			foreach ($relationship in @($State.groupRelationships)) { foreach ($side in 'source', 'target') { if ($null -ne $relationship) { Get-GroupPeers $State $relationship $side $Computer } } }
			$disks = Get-DiskTable $State
			foreach ($relationship in $State.relationships) {
				if (Test-Local $relationship $disks) { continue }
				foreach ($side in 'source', 'target') {
					$other = if ($side -eq 'source') { 'target' } else { 'source' }
					if (-not (Test-Sees $State $disks[[string]$relationship.$other] $Computer)) { continue }
					if ($State.settings.stalePeers) { $stale = Get-PeerInstance $State $relationship $side $disks; $stale.PeerUniqueId = 'UID-replaced'; $stale }
					Get-PeerInstance $State $relationship $side $disks
				}
			}
		}
		'MSFT_StoragePool' { foreach ($array in $State.arrays) { New-Instance $State $ClassName ([ordered]@{ ObjectId = 'pool:' + $array.friendlyName; UniqueId = 'pool-' + $array.uniqueId; FriendlyName = $array.friendlyName + ' pool' }) } }
		'MSFT_StorageProvider' { foreach ($provider in @($State.providers)) { if ($null -ne $provider) { New-Instance $State $ClassName ([ordered]@{ ObjectId = 'provider:' + $provider.name; Name = $provider.name; Manufacturer = $provider.manufacturer; Version = $provider.version; Type = [uint16]$provider.type; RemoteSubsystemCacheMode = [uint16]$State.settings.cacheMode }) } } }
		'MSFT_StorageProviderToStorageSubSystem' { foreach ($provider in @($State.providers)) { foreach ($array in @($provider.arrays)) { if ($null -ne $array) { [pscustomobject]@{ StorageProvider = (Get-Reference $State 'MSFT_StorageProvider' ('provider:' + $provider.name)); StorageSubSystem = (Get-Reference $State 'MSFT_StorageSubSystem' ('array:' + $array)) } } } } }
		'MSFT_ReplicationGroup' { foreach ($group in (Get-SeenGroups $State $Computer)) { Get-GroupInstance $State $group } }
		'MSFT_ReplicationGroupToVirtualDisk' { foreach ($group in (Get-SeenGroups $State $Computer)) { Get-GroupMembers $State $group } }
		'MSFT_ReplicationGroupToReplicaPeer' { Get-GroupLinks $State $Computer }
		'MSFT_StorageSubSystemToReplicationGroup' { foreach ($group in (Get-SeenGroups $State $Computer)) { [pscustomobject]@{ StorageSubSystem = (Get-Reference $State 'MSFT_StorageSubSystem' ('array:' + $group.array)); ReplicationGroup = (Get-Reference $State 'MSFT_ReplicationGroup' ('group:' + $group.name)) } } }
		'MSFT_ReplicationCapabilities' { foreach ($array in $State.arrays) { if (Test-Sees $State $array $Computer) { Get-CapabilitiesOf $State $array } } }
		'MSFT_StorageJob' { foreach ($job in @($State.jobs)) { if ($null -ne $job) { Get-JobInstance $State $job } } }
		'MSFT_StorageJobToAffectedStorageObject' {
			foreach ($job in @($State.jobs)) {
				if ($null -eq $job) { continue }
				foreach ($id in @($job.affects)) { [pscustomobject]@{ StorageJob = (Get-Reference $State 'MSFT_StorageJob' $job.id); AffectedStorageObject = (Get-Reference $State $(if ($id.StartsWith('peer:')) { 'MSFT_ReplicaPeer' } else { 'MSFT_VirtualDisk' }) $id) } }
			}
		}
		default { throw (New-ErrorRecord 'HRESULT 0x80041010' 'MetadataError' "Invalid class $ClassName" 'InvalidClass') }
	}
}

function Get-DiskInstance($State, $Disk) {
	return (New-Instance $State 'MSFT_VirtualDisk' ([ordered]@{ ObjectId = $Disk.objectId; UniqueId = $Disk.uniqueId; FriendlyName = $Disk.friendlyName; Access = [uint16]$Disk.access; HealthStatus = [uint16]0; Size = [uint64]18446744073709551615 }))
}

function Get-DiskTable($State) {
	$disks = @{}
	foreach ($disk in $State.disks) { $disks[[string]$disk.uniqueId] = $disk }
	return $disks
}

# A pair inside one array is listed as a pair of disks, and has no MSFT_ReplicaPeer.
function Test-Local($Relationship, $Disks) {
	return ($Disks[[string]$Relationship.source].array -eq $Disks[[string]$Relationship.target].array)
}

function Get-Pairs($State, [string]$Computer) {
	if ($State.cold -ne 'no') { return }
	$disks = Get-DiskTable $State
	foreach ($relationship in $State.relationships) {
		if ((Test-Local $relationship $disks) -and (Test-Sees $State $disks[[string]$relationship.source] $Computer)) { Get-PairInstance $State $relationship $disks }
	}
}

function Get-PairInstance($State, $Relationship, $Disks) {
	return (New-Synchronized 'MSFT_VirtualDiskToVirtualDisk' $Relationship ([ordered]@{
				SourceVirtualDisk = (Get-Reference $State 'MSFT_VirtualDisk' $Disks[[string]$Relationship.source].objectId)
				TargetVirtualDisk = (Get-Reference $State 'MSFT_VirtualDisk' $Disks[[string]$Relationship.target].objectId)
			}))
}

function Get-Links($State, [string]$Computer) {
	if ($State.cold -ne 'no') { return }
	$disks = Get-DiskTable $State
	foreach ($relationship in $State.relationships) {
		if (Test-Local $relationship $disks) { continue }
		foreach ($side in 'source', 'target') {
			if (Test-Sees $State $disks[[string]$relationship.$side] $Computer) { Get-LinkInstance $State $relationship $side $disks }
		}
	}
}

function Get-LinkInstance($State, $Relationship, [string]$Side, $Disks) {
	$other = if ($Side -eq 'source') { 'target' } else { 'source' }
	$peer = if ($State.settings.references -eq 'embedded') { Get-PeerInstance $State $Relationship $other $Disks } else { Get-Reference $State 'MSFT_ReplicaPeer' ('peer:' + $Relationship.id + ':' + $other) }
	return (New-Synchronized 'MSFT_VirtualDiskToReplicaPeer' $Relationship ([ordered]@{
				VirtualDisk = (Get-Reference $State 'MSFT_VirtualDisk' $Disks[[string]$Relationship.$Side].objectId)
				ReplicaPeer = $peer
			}))
}

# An association that carries the relationship, as MSFT_Synchronized has it.
function New-Synchronized([string]$ClassName, $Relationship, $Ends) {
	$Ends['CimSystemProperties'] = @{ ClassName = $ClassName }
	foreach ($name in 'CopyState', 'ProgressStatus', 'SyncMode', 'SyncType') { $Ends[$name] = [uint16]$Relationship.$name }
	if ($null -ne $Relationship.percentSynced) { $Ends['PercentSynced'] = [uint16]$Relationship.percentSynced }
	if ($null -ne $Relationship.behindSeconds) { $Ends['SyncTime'] = [datetime]::Now.AddSeconds(-$Relationship.behindSeconds) }
	return [pscustomobject]$Ends
}

# GetInstance: by its key and without a look at anything else. Not every provider serves it for associations.
function Get-InstanceByKey($State, $Instance, [string]$Computer) {
	$class = [string]$Instance.CimSystemProperties.ClassName
	switch ($class) {
		'MSFT_VirtualDisk' {
			$disk = $State.disks | Where-Object { $_.objectId -eq $Instance.ObjectId } | Select-Object -First 1
			if ($null -ne $disk -and (Test-Sees $State $disk $Computer)) { return Get-DiskInstance $State $disk }
		}
		'MSFT_ReplicaPeer' {
			$null, $id, $side = ([string]$Instance.ObjectId).Split(':')
			foreach ($relationship in $State.relationships) { if ($relationship.id -eq $id) { return Get-PeerInstance $State $relationship $side (Get-DiskTable $State) } }
		}
		'MSFT_VirtualDiskToReplicaPeer' {
			if (-not $State.settings.associationsByKey) { throw (New-ErrorRecord 'HRESULT 0x80041024' 'NotImplemented' 'Provider is not capable of the attempted operation') }
			Step-Transitions $State
			$disk = Get-KeyOf $Instance.VirtualDisk
			$null, $id, $other = (Get-KeyOf $Instance.ReplicaPeer).Split(':')
			$side = if ($other -eq 'source') { 'target' } else { 'source' }
			foreach ($relationship in $State.relationships) {
				$disks = Get-DiskTable $State
				if ($relationship.id -eq $id -and $State.cold -eq 'no' -and $disks[[string]$relationship.$side].objectId -eq $disk) { return Get-LinkInstance $State $relationship $side $disks }
			}
		}
		'MSFT_VirtualDiskToVirtualDisk' {
			if (-not $State.settings.associationsByKey) { throw (New-ErrorRecord 'HRESULT 0x80041024' 'NotImplemented' 'Provider is not capable of the attempted operation') }
			Step-Transitions $State
			$ends = (Get-KeyOf $Instance.SourceVirtualDisk), (Get-KeyOf $Instance.TargetVirtualDisk)
			foreach ($pair in @(Get-Pairs $State $Computer)) { if ($null -ne $pair -and (Get-KeyOf $pair.SourceVirtualDisk) -eq $ends[0] -and (Get-KeyOf $pair.TargetVirtualDisk) -eq $ends[1]) { return $pair } }
		}
	}
	throw (New-ErrorRecord 'HRESULT 0x80041002' 'ObjectNotFound' "Not found: $class")
}

function Get-KeyOf($Reference) {
	if ($Reference -isnot [string]) { return [string]$Reference.ObjectId }
	if ($Reference -match '^MSFT_\w+\.ObjectId="(.*)"$') { return $Matches[1].Replace('\"', '"').Replace('\\', '\') }
	return $Reference
}

function Get-CapabilitiesOf($State, $Array) { return (New-Instance $State 'MSFT_ReplicationCapabilities' ([ordered]@{ ObjectId = 'capabilities:' + $Array.friendlyName; SupportedReplicationTypes = [uint16[]]@(2, 3, 4, 5); SupportsReplicationGroup = [bool]$Array.supportsReplicationGroup; SupportsFullDiscovery = [bool]$Array.supportsFullDiscovery })) }

function Get-JobInstance($State, $Job) {
	$instance = [ordered]@{ ObjectId = $Job.id; UniqueId = $Job.id; Name = 'replication'; JobState = [uint16]$Job.state; PercentComplete = [uint16]$Job.percent; OperationalStatus = [uint16[]]@($Job.operationalStatus) }
	if ($null -ne $Job.errorCode) { $instance['ErrorCode'] = [uint16]$Job.errorCode; $instance['ErrorDescription'] = $Job.errorDescription }
	return (New-Instance $State 'MSFT_StorageJob' $instance)
}

function Get-AssociatedInstances($State, $From, [string]$Association, [string]$ResultClassName, [string]$Computer) {
	$disks = Get-DiskTable $State
	$id = [string]$From.ObjectId
	if ($Association -eq 'MSFT_ReplicationGroupToReplicaPeer') {
		foreach ($relationship in @($State.groupRelationships)) { foreach ($side in 'source', 'target') { if ($null -ne $relationship -and 'group:' + $relationship.$side -eq $id) { Get-GroupPeers $State $relationship $(if ($side -eq 'source') { 'target' } else { 'source' }) $Computer } } }
		return
	}
	if ($Association -eq 'MSFT_StorageJobToAffectedStorageObject') {
		if (-not $State.settings.jobsAreFollowed) { throw (New-ErrorRecord 'HRESULT 0x80041024' 'NotImplemented' 'Provider is not capable of the attempted operation' 'NotSupported') }
		$affects = @($State.jobs | Where-Object { $null -ne $_ -and $_.id -eq $id } | ForEach-Object { $_.affects })
		return (Get-Instances $State $ResultClassName $Computer | Where-Object { $affects -contains $_.ObjectId })
	}
	switch ($ResultClassName) {
		'MSFT_ReplicaPeer' {
			foreach ($relationship in $State.relationships) {
				if (Test-Local $relationship $disks) { continue }
				if ($disks[[string]$relationship.source].objectId -eq $id) { Get-PeerInstance $State $relationship 'target' $disks }
				if ($disks[[string]$relationship.target].objectId -eq $id) { Get-PeerInstance $State $relationship 'source' $disks }
			}
		}
		'MSFT_ReplicationCapabilities' { foreach ($array in $State.arrays) { if ('array:' + $array.friendlyName -eq $id) { Get-CapabilitiesOf $State $array } } }
		'MSFT_VirtualDisk' { foreach ($disk in Get-Instances $State 'MSFT_VirtualDisk' $Computer) { if ('array:' + $disks[[string]$disk.UniqueId].array -eq $id) { $disk } } }
		default { throw (New-ErrorRecord 'HRESULT 0x80041010' 'MetadataError' "Invalid class $ResultClassName" 'InvalidClass') }
	}
}
