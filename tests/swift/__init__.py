"""A real object service for tests: OpenStack Swift with its S3 door, three replicas of everything
on three folders of this machine.
"""
