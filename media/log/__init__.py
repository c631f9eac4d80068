"""The evidence log (証跡ログ): an append-only Merkle tree over SQL, with proofs for anybody."""
