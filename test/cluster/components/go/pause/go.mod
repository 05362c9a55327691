// Module pause builds the program that holds a node's or a pod's namespaces.
module cutover/test/cluster/pause

go 1.24.0
